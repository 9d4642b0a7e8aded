"""Which of many frames, pages or moments are looked at."""


def spread(count: int, wanted: int) -> tuple[int, ...]:
    """Return at most `wanted` of `range(count)`, evenly spread, the first and the last included."""
    if count <= wanted:
        return tuple(range(count))
    if wanted == 1:
        return (0,)
    return tuple(round(i * (count - 1) / (wanted - 1)) for i in range(wanted))
