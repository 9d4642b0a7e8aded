"""Who made a bundle: an Ed25519 signature (RFC 8032) over its card, in a file beside it.

The card holds the hashes of every artefact and of the package they were built from, and the
versions that built them. The signature vouches for all of these. Whoever signs makes and keeps
the keys.
"""

import base64
import binascii
import json
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key

from model.bundle import Bundle
from model.card import Card
from model.errors import KeyUnusable, SignatureInvalid
from model.files import replacing_file

SIGNATURE: Final = "card.sig"
"""File beside the card: the signature's 64 bytes in base64."""
MAKE_KEY: Final = "openssl genpkey -algorithm ed25519 -out FILE"
MAKE_PUBLIC: Final = "openssl pkey -in FILE -pubout -out PUBLIC-FILE"


def canonical(card: Card) -> bytes:
    """Return a card's bytes as they are signed: JSON with sorted keys, no spaces, in UTF-8."""
    fields = card.model_dump(mode="json")
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sign(bundle: Bundle, key: Path) -> Path:
    """Sign a bundle whose files match its card.

    Args:
        bundle: An opened bundle.
        key: A private Ed25519 key, PEM without a password.

    Returns:
        The file that holds the signature, which replaces an earlier one.

    Raises:
        KeyUnusable: The file is no such key.
    """
    signature = _private(key).sign(canonical(bundle.card))
    with replacing_file(bundle.folder / SIGNATURE) as file:
        file.write_bytes(base64.b64encode(signature) + b"\n")
    return bundle.folder / SIGNATURE


def check(bundle: Bundle, public_key: Path) -> None:
    """Check that the owner of a key has signed this bundle's card.

    Raises:
        KeyUnusable: The file is no public Ed25519 key.
        SignatureInvalid: There is no signature, or not of this card, or by another key.
    """
    key = _public(public_key)
    try:
        signature = base64.b64decode((bundle.folder / SIGNATURE).read_bytes(), validate=False)
        key.verify(signature, canonical(bundle.card))
    except FileNotFoundError as error:
        raise SignatureInvalid(
            f"{bundle.name} is not signed: `lookout model sign {bundle.name} --key FILE`."
        ) from error
    except (InvalidSignature, binascii.Error) as error:
        raise SignatureInvalid(
            f"{bundle.name}: {SIGNATURE} is no signature of this card by the key in {public_key}. "
            "The card was changed, or somebody else signed it: do not use this model."
        ) from error


def _private(path: Path) -> Ed25519PrivateKey:
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(f"{path} holds no private key: {error}. Make one: {MAKE_KEY}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyUnusable(f"{path} holds another kind of key. Make one: {MAKE_KEY}")
    return key


def _public(path: Path) -> Ed25519PublicKey:
    try:
        key = load_pem_public_key(path.read_bytes())
    except (OSError, ValueError, UnsupportedAlgorithm) as error:
        raise KeyUnusable(
            f"{path} holds no public key: {error}. Make one: {MAKE_PUBLIC}"
        ) from error
    if not isinstance(key, Ed25519PublicKey):
        raise KeyUnusable(f"{path} holds another kind of key. Make one: {MAKE_KEY}")
    return key
