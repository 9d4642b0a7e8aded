"""Which unsuggested files people are asked about, to learn what is missed."""

import hashlib
from typing import Final

_BITS: Final = 64


def is_drawn(log_id: int, *, rate: float, seed: str) -> bool:
    """Tell whether the lot falls on an upload: for a share of `rate` of all, always the same.

    The lot is a hash of the upload's number and a seed, so that it depends on nothing else: not on
    scores, nor on when or how often it is drawn. The seed is public; anybody can draw again.
    """
    digest = hashlib.sha256(f"{seed}:{log_id}".encode()).digest()
    return int.from_bytes(digest[: _BITS // 8], "big") < rate * 2.0**_BITS
