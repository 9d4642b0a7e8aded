"""`lookout model sign` and `verify --public-key`: whose card this is, with keys made by openssl."""

import base64
import json
import re
import shlex
import subprocess
from pathlib import Path

import pytest

from bot.cli import main
from model.bundle import CARD, DEFAULT_BUNDLE, Bundle, open_bundle, write_bundle
from model.card import Artefact, Card, Reference
from model.errors import KeyUnusable, SignatureInvalid
from model.signature import SIGNATURE, canonical, check, sign
from model.sources.catalogue import DESCRIPTIONS

PAGE = (Path(__file__).parents[2] / "docs/model.md").read_text(encoding="utf-8")
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def openssl(folder: Path, *arguments: str) -> None:
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """A folder with a pair of keys, made by the commands of the documents."""
    commands = re.findall(r"^    openssl (.*)$", PAGE, re.MULTILINE)
    for command in commands[:2]:
        openssl(tmp_path, *shlex.split(command))
    return tmp_path


@pytest.fixture
def small(tmp_path: Path) -> Bundle:
    """A bundle that only has a card and an empty artefact."""
    card = Card(
        **DESCRIPTIONS[DEFAULT_BUNDLE].model_dump(),
        built_with={"torch": "2.13.0"},
        reference=Reference(size=224, bound=0.05, scores={"noise": (0.1, 0.2, 0.3, 0.2, 0.2)}),
        artefacts={"model.ts": Artefact(size=0, sha256=EMPTY)},
    )
    folder = tmp_path / "models" / card.name
    folder.mkdir(parents=True)
    return write_bundle(folder, card, {"model.ts": b""})


def changed(bundle: Bundle, **fields: object) -> Bundle:
    """Change the card on disk, and open the bundle again."""
    card = json.loads((bundle.folder / CARD).read_text(encoding="utf-8"))
    (bundle.folder / CARD).write_text(json.dumps({**card, **fields}), encoding="utf-8")
    return open_bundle(bundle.folder.parent, bundle.name)


def test_a_signed_card_is_accepted_however_its_json_is_laid_out(small: Bundle, keys: Path) -> None:
    sign(small, keys / "signing.pem")
    check(small, keys / "signing.pub")
    check(changed(small), keys / "signing.pub")


@pytest.mark.parametrize(
    "fields", [{"title": "another"}, {"built_with": {"torch": "2.0"}}, {"caveats": []}]
)
def test_a_changed_card_is_refused(small: Bundle, keys: Path, fields: dict[str, object]) -> None:
    sign(small, keys / "signing.pem")
    with pytest.raises(SignatureInvalid, match="do not use this model"):
        check(changed(small, **fields), keys / "signing.pub")


@pytest.mark.parametrize("content", [b"", b"!", b"QUJD", base64.b64encode(bytes(64))])
def test_a_damaged_signature_is_refused(small: Bundle, keys: Path, content: bytes) -> None:
    (small.folder / SIGNATURE).write_bytes(content)
    with pytest.raises(SignatureInvalid, match="do not use this model"):
        check(small, keys / "signing.pub")


def test_another_key_is_refused(small: Bundle, keys: Path) -> None:
    sign(small, keys / "signing.pem")
    openssl(keys, "genpkey", "-algorithm", "ed25519", "-out", "other.pem")
    openssl(keys, "pkey", "-in", "other.pem", "-pubout", "-out", "other.pub")
    with pytest.raises(SignatureInvalid, match="somebody else signed it"):
        check(small, keys / "other.pub")


def test_an_unsigned_bundle_names_the_command(small: Bundle, keys: Path) -> None:
    with pytest.raises(SignatureInvalid, match=f"`lookout model sign {DEFAULT_BUNDLE} --key FILE`"):
        check(small, keys / "signing.pub")


def test_what_is_no_ed25519_key_is_refused_and_says_how_to_make_one(
    small: Bundle, keys: Path
) -> None:
    openssl(
        keys, "genpkey", "-algorithm", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "ec"
    )
    openssl(keys, "pkey", "-in", "ec", "-pubout", "-out", "ec.pub")
    (keys / "text").write_text("no key", encoding="utf-8")
    for name in ("ec", "signing.pub", "text", "absent"):
        with pytest.raises(KeyUnusable, match="openssl genpkey"):
            sign(small, keys / name)
    for name in ("ec.pub", "signing.pem", "text", "absent"):
        with pytest.raises(KeyUnusable, match="openssl"):
            check(small, keys / name)


def test_openssl_verifies_what_we_signed(small: Bundle, keys: Path) -> None:
    signature = base64.b64decode(sign(small, keys / "signing.pem").read_bytes())
    (keys / "card").write_bytes(canonical(small.card))
    (keys / "signature").write_bytes(signature)
    public = ("-pubin", "-inkey", "signing.pub")
    openssl(keys, "pkeyutl", "-verify", *public, "-rawin", "-in", "card", "-sigfile", "signature")


def test_the_commands(
    small: Bundle,
    keys: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("LOOKOUT_MODELS", str(small.folder.parent))
    assert main(["model", "sign", "--key", str(keys / "signing.pem")]) == 0
    assert f"signed: {small.folder / SIGNATURE}" in capsys.readouterr().out
    changed(small, title="another")
    assert main(["model", "verify", "--public-key", str(keys / "signing.pub")]) == 1
    assert "do not use this model" in capsys.readouterr().err


@pytest.mark.model
def test_verify_checks_the_signature_of_an_installed_model(
    bundle: Bundle,
    keys: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    models = keys / "installed"
    models.mkdir()
    copied = models / bundle.name
    copied.mkdir()
    for file in bundle.folder.iterdir():
        if file.name != SIGNATURE:
            (copied / file.name).symlink_to(file)
    monkeypatch.setenv("LOOKOUT_MODELS", str(models))
    assert main(["model", "sign", "--key", str(keys / "signing.pem")]) == 0
    assert main(["model", "verify", "--public-key", str(keys / "signing.pub")]) == 0
    assert f"signed by the key in {keys / 'signing.pub'}" in capsys.readouterr().out
