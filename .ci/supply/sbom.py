"""Writes a bill of materials, CycloneDX 1.6 as JSON: `make sbom`.

It names the program, its locked packages with their hashes and licences, and the models with the
published packages that they are built from. The same input gives the same bytes: there is no time
in it, and its serial number is made of its content (https://cyclonedx.org/docs/1.6/json/).
"""

import json
import sys
import uuid
from collections.abc import Iterable
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any, Final

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from bot import __version__
from model.card import Description, Package
from model.sources.catalogue import DESCRIPTIONS
from supply.closure import closure, needs
from supply.licences import licence_of
from supply.lockfile import Locked, read_lock, required

FILE: Final = Path("build", "sbom.cdx.json")
PURL_TYPES: Final = {"npm": "npm", "PyPI": "pypi"}


def bill() -> str:
    """Return the bill of materials as JSON."""
    packages = closure(required().values())
    locked = read_lock()
    libraries = {name: library(name, locked[name], package) for name, package in packages.items()}
    program = Component(
        name="commons-lookout",
        version=__version__,
        type=ComponentType.APPLICATION,
        bom_ref="commons-lookout",
        licenses=[LicenseExpression("MIT")],
    )
    bom = Bom(components=libraries.values())
    bom.metadata.component = program
    for name, package in packages.items():
        bom.register_dependency(
            libraries[name], [libraries[one] for one in needs(package, packages)]
        )
    models = list(add_models(bom))
    bom.register_dependency(program, [*(libraries[name] for name in required()), *models])
    return without_the_moment(JsonV1Dot6(bom).output_as_string())


def library(name: str, locked: Locked, package: Distribution) -> Component:
    """Return a locked package as a component."""
    return Component(
        name=name,
        version=locked.version,
        type=ComponentType.LIBRARY,
        bom_ref=f"pypi/{name}",
        purl=PackageURL("pypi", None, name, locked.version),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=locked.sha256)],
        licenses=[LicenseExpression(licence_of(name, package))],
    )


def add_models(bom: Bom) -> Iterable[Component]:
    """Add every model that can be installed, and its package; yield the models."""
    for description in DESCRIPTIONS.values():
        source = published(description.package, description.licence.spdx)
        made = network(description)
        bom.components.update([source, made])
        bom.register_dependency(made, [source])
        yield made


def published(package: Package, licence: str) -> Component:
    """Return the package that a model is built from as a component."""
    kind = PURL_TYPES[package.registry]
    return Component(
        name=package.name,
        version=package.version,
        type=ComponentType.DATA,
        bom_ref=f"{kind}/{package.name}",
        purl=PackageURL(kind, None, package.name, package.version),
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=package.sha256)],
        licenses=[LicenseExpression(licence)],
    )


def network(description: Description) -> Component:
    """Return a model as a component."""
    return Component(
        name=description.name,
        version=description.package.version,
        type=ComponentType.MACHINE_LEARNING_MODEL,
        bom_ref=f"model/{description.name}",
        description=f"{description.title}: {description.architecture}",
        licenses=[LicenseExpression(description.licence.spdx)],
    )


def without_the_moment(text: str) -> str:
    """Return a bill without its time, and with a serial number made of the rest."""
    content: dict[str, Any] = json.loads(text)
    del content["metadata"]["timestamp"], content["serialNumber"]
    body = json.dumps(content, sort_keys=True)
    content["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_OID, body).urn
    return json.dumps(content, indent=2, sort_keys=True) + "\n"


def main(arguments: list[str]) -> None:
    """Write the bill to the file named, or to build/sbom.cdx.json."""
    file = Path(arguments[0]) if arguments else FILE
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(bill(), encoding="utf-8")
    print(file)


if __name__ == "__main__":
    main(sys.argv[1:])
