"""Reads the bot's log lines: `timestamp=… level=… event=… key=value`."""

import shlex

Fields = dict[str, str]


def parse(line: str) -> Fields:
    """Return the fields of a line; none when it is something else, such as a traceback."""
    try:
        words = shlex.split(line)
    except ValueError:
        return {}
    fields = dict(word.split("=", 1) for word in words if "=" in word)
    return fields if "event" in fields else {}
