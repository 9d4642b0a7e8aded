"""Ways in which a file is damaged: on the wire, on a disk, or by someone who means it."""

import random
import struct
from collections.abc import Callable, Sequence

Mutation = Callable[[bytearray, random.Random, Sequence[bytes]], bytearray]

MAGICS = (b"\xff\xd8\xff\xe0", b"\x89PNG\r\n\x1a\n", b"GIF89a", b"II*\0", b"MM\0*", b"RIFF")
EDGES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
HEAD = 400  # bytes in which most structure stands


def damaged(index: int, seed: int, files: Sequence[bytes]) -> bytes:
    """Return damaged file number `index` of the endless series that `seed` names."""
    choice = random.Random(f"{seed}/{index}")
    data = bytearray(choice.choice(files))
    for _ in range(choice.choice((1, 1, 1, 2, 4))):
        data = choice.choice(MUTATIONS)(data, choice, files)
    return bytes(data)


def _truncate(data: bytearray, choice: random.Random, _: Sequence[bytes]) -> bytearray:
    return data[: choice.randrange(len(data) + 1)]


def _flip_bits(data: bytearray, choice: random.Random, _: Sequence[bytes]) -> bytearray:
    for _flip in range(choice.choice((1, 3, 10, 50))):
        if data:
            data[_place(data, choice)] ^= 1 << choice.randrange(8)
    return data


def _write_edge(data: bytearray, choice: random.Random, _: Sequence[bytes]) -> bytearray:
    form = choice.choice(("B", "<H", ">H", "<I", ">I"))
    number = choice.choice(EDGES) & (2 ** (8 * struct.calcsize(form)) - 1)
    at = _place(data, choice)
    data[at : at + struct.calcsize(form)] = struct.pack(form, number)
    return data


def _delete(data: bytearray, choice: random.Random, _: Sequence[bytes]) -> bytearray:
    at = _place(data, choice)
    del data[at : at + choice.choice((1, 4, 64, 1024))]
    return data


def _insert(data: bytearray, choice: random.Random, _: Sequence[bytes]) -> bytearray:
    at = _place(data, choice)
    data[at:at] = choice.randbytes(choice.choice((1, 4, 64, 1024)))
    return data


def _repeat(data: bytearray, choice: random.Random, _: Sequence[bytes]) -> bytearray:
    at = _place(data, choice)
    block = data[at : at + choice.choice((4, 64, 1024))]
    data[at:at] = block * choice.choice((1, 2, 20))
    return data


def _zero(data: bytearray, choice: random.Random, _: Sequence[bytes]) -> bytearray:
    at = _place(data, choice)
    length = min(choice.choice((4, 64, 1024)), len(data) - at)
    data[at : at + length] = bytes(length)
    return data


def _splice(data: bytearray, choice: random.Random, files: Sequence[bytes]) -> bytearray:
    other = choice.choice(files)
    return data[: _place(data, choice)] + other[choice.randrange(len(other)) :]


def _other_magic(data: bytearray, choice: random.Random, _: Sequence[bytes]) -> bytearray:
    magic = choice.choice(MAGICS)
    data[: len(magic)] = magic
    return data


def _place(data: bytearray, choice: random.Random) -> int:
    reach = len(data) if choice.random() < 0.5 else min(len(data), HEAD)
    return choice.randrange(reach) if reach else 0


MUTATIONS: tuple[Mutation, ...] = (
    _truncate,
    _flip_bits,
    _write_edge,
    _delete,
    _insert,
    _repeat,
    _zero,
    _splice,
    _other_magic,
)
