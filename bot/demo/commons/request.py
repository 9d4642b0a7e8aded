"""One call of api.php: its parameters, and errors and warnings as MediaWiki words them."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

TITLES_LIMIT = 50
TITLES_HIGH_LIMIT = 500  # for accounts with the right `apihighlimits`, which nobody has here
UNIT_SEPARATOR = "\x1f"
MAILING_LIST = (
    "Subscribe to the mediawiki-api-announce mailing list at &lt;https://lists.wikimedia.org/"
    "postorius/lists/mediawiki-api-announce.lists.wikimedia.org/&gt; for notice of API "
    "deprecations and breaking changes."
)


class ApiError(Exception):
    """The whole call fails with `code`; `data` stands beside the code in the answer."""

    def __init__(self, code: str, info: str, **data: int) -> None:
        super().__init__(info)
        self.code = code
        self.info = info
        self.data = data


class Request:
    """The parameters of a call, checked as they are read; collects warnings by module."""

    def __init__(self, parameters: Mapping[str, str]) -> None:
        self._parameters = parameters
        self.warnings: dict[str, list[str]] = {}

    def text(self, name: str, default: str = "") -> str:
        """Return a parameter as it came."""
        return self._parameters.get(name, default)

    def whole(self, name: str, default: int) -> int:
        """Return a parameter that is a whole number."""
        value = self._parameters.get(name)
        if value is None:
            return default
        try:
            return int(value)
        except ValueError:
            raise ApiError(
                "badinteger", f'Invalid value "{value}" for integer parameter "{name}".'
            ) from None

    def moment(self, name: str) -> datetime | None:
        """Return a parameter that is a time in ISO 8601."""
        value = self._parameters.get(name)
        if value is None:
            return None
        try:
            return datetime.fromisoformat(value)
        except ValueError:
            raise ApiError(
                "badtimestamp", f'Invalid value "{value}" for timestamp parameter "{name}".'
            ) from None

    def several(self, name: str, *, default: str = "") -> list[str]:
        """Return the values of a parameter that takes several, without repeats.

        Raises:
            ApiError: more than the limit.
        """
        text = self._parameters.get(name, default)
        separator = UNIT_SEPARATOR if text.startswith(UNIT_SEPARATOR) else "|"
        values = list(dict.fromkeys(text.removeprefix(UNIT_SEPARATOR).split(separator)))
        if len(values) > TITLES_LIMIT:
            raise ApiError(
                "toomanyvalues",
                f'Too many values supplied for parameter "{name}". The limit is {TITLES_LIMIT}.',
                limit=TITLES_LIMIT,
                lowlimit=TITLES_LIMIT,
                highlimit=TITLES_HIGH_LIMIT,
            )
        return [value for value in values if value]

    def chosen(
        self, name: str, allowed: Iterable[str], *, module: str, default: str = ""
    ) -> list[str]:
        """Return those of several values that are `allowed`; warn about the others."""
        values = self.several(name, default=default)
        known = [value for value in values if value in allowed]
        unknown = [value for value in values if value not in known]
        if unknown:
            plural = "values" if len(unknown) > 1 else "value"
            self.warn(module, f'Unrecognized {plural} for parameter "{name}": {", ".join(unknown)}')
        return known

    def warn(self, module: str, text: str) -> None:
        """Add a warning that the answer carries."""
        self.warnings.setdefault(module, []).append(text)


def error_body(error: ApiError, api_url: str) -> dict[str, Any]:
    """Return the JSON of a failed call (`errorformat=bc`)."""
    docref = f"See {api_url} for API usage. {MAILING_LIST}"
    return {"error": {"code": error.code, "info": error.info, **error.data, "docref": docref}}


def iso(moment: datetime) -> str:
    """Return a time as the API writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"
