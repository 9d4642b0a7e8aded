"""Every package's licence is known and allowed, and docs/licences.md says so."""

from collections.abc import Callable
from importlib.metadata import Distribution
from pathlib import Path

import pytest

from supply.licences import ALLOWED, PAGE, READ, UnknownLicenceError, licence_of, page, parts
from supply.lockfile import read_lock


@pytest.fixture
def stated(tmp_path: Path) -> Callable[..., Distribution]:
    """Makes a package whose metadata says what a test gives."""

    def package(**fields: str) -> Distribution:
        lines = [f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items()]
        (tmp_path / "METADATA").write_text("Version: 1.0\n" + "".join(lines), encoding="utf-8")
        return Distribution.at(tmp_path)

    return package


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `make licences`"


def test_the_page_lists_the_locked_packages() -> None:
    rows = [line.split(" | ")[0][2:] for line in page().splitlines() if line.startswith("| ")]
    assert set(rows) - {"Package", "---"} >= set(read_lock())


def test_an_expression_is_believed_before_the_free_field(
    stated: Callable[..., Distribution],
) -> None:
    package = stated(License_Expression="MIT OR Apache-2.0", License="who knows")
    assert licence_of("some", package) == "MIT OR Apache-2.0"


def test_older_words_are_translated(stated: Callable[..., Distribution]) -> None:
    assert licence_of("some", stated(License="Apache 2.0")) == "Apache-2.0"


@pytest.mark.parametrize(
    "expression", ["AGPL-3.0-only", "MIT AND GPL-3.0-only", "(MIT OR SSPL-1.0)", ""]
)
def test_an_unknown_licence_fails_with_the_name_and_what_to_do(
    stated: Callable[..., Distribution], expression: str
) -> None:
    with pytest.raises(
        UnknownLicenceError, match=r"^some 1\.0 is under .* add it to ALLOWED or READ"
    ):
        licence_of("some", stated(License_Expression=expression))


def test_all_parts_of_an_expression_count() -> None:
    assert parts("(MIT OR ISC) AND Apache-2.0 WITH LLVM-exception") == [
        "MIT",
        "ISC",
        "Apache-2.0 WITH LLVM-exception",
    ]


def test_what_people_read_is_allowed_too() -> None:
    assert set(READ.values()) <= ALLOWED
