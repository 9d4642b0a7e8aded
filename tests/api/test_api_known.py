"""What the bot knows, told over HTTP: files, suggestions, feeds."""

import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta

import pytest

from support.api import ApiProcess

pytestmark = pytest.mark.model
ATOM = "{http://www.w3.org/2005/Atom}"


def test_a_file_is_told_with_scores_verdict_and_decisions(known: ApiProcess) -> None:
    answer = known.get("/v1/files/File:3.jpg")
    assert answer.status_code == 200
    body = answer.json()
    (upload,) = body["uploads"]
    assert body["page"].endswith("/wiki/File:3.jpg")
    assert (upload["state"], upload["verdicts"][0]["verdict"]) == ("scored", "review")
    assert upload["verdicts"][0]["views"][0]["scores"]
    assert [one["outcome"] for one in upload["decisions"]] == ["ok"]
    assert known.get("/v1/files/3.jpg").json() == body


def test_unknown_and_impossible_files(known: ApiProcess) -> None:
    assert known.get("/v1/files/File:Nobody.jpg").status_code == 404
    assert known.get("/v1/files/File:a%7Cb").status_code == 422
    assert known.get("/v1/files/%00").status_code == 422


def test_suggestions_come_page_by_page_newest_first(known: ApiProcess) -> None:
    seen: list[int] = []
    below: int | None = None
    while True:
        page = known.get("/v1/flags", params={"limit": 3, "below": below}).json()
        seen += [flag["log_id"] for flag in page["flags"]]
        below = page["next"]
        if below is None:
            break
    assert seen == [7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize(
    ("filters", "log_ids"),
    [
        ({"medium": "video"}, [6]),
        ({"tier": "low"}, [7]),
        ({"status": "decided"}, [3]),
        ({"status": "open", "medium": "image"}, [7, 5, 4, 2, 1]),
        ({"rule": "nothing"}, []),
        ({"since": (datetime.now(UTC) + timedelta(days=1)).isoformat()}, []),
        ({"until": (datetime.now(UTC) + timedelta(days=1)).isoformat(), "limit": 1}, [7]),
    ],
)
def test_suggestions_are_filtered(
    known: ApiProcess, filters: dict[str, str], log_ids: list[int]
) -> None:
    page = known.get("/v1/flags", params=filters).json()
    assert [flag["log_id"] for flag in page["flags"]] == log_ids


@pytest.mark.parametrize("wrong", [{"limit": 0}, {"tier": "x"}, {"since": "now"}, {"below": "a"}])
def test_filters_that_mean_nothing_are_refused(known: ApiProcess, wrong: dict[str, str]) -> None:
    answer = known.get("/v1/flags", params=wrong)
    assert answer.status_code == 422
    assert answer.json()["title"] == "Cannot be processed"


def test_the_feeds(known: ApiProcess) -> None:
    atom = known.get("/v1/flags.atom", params={"tier": "low"})
    assert atom.headers["Content-Type"].startswith("application/atom+xml")
    feed = ET.fromstring(atom.text)  # noqa: S314 - our own
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "File:Ünusual & <name>.jpg"
    assert (entry.findtext(f"{ATOM}summary") or "").startswith("Automated suggestion")
    assert entry.findtext(f"{ATOM}id") == "tag:commons-lookout,2026:7"

    feed = known.get("/v1/flags.json").json()
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert len(feed["items"]) == 7


def test_pages_of_commons_may_read_it_in_a_browser(known: ApiProcess) -> None:
    ours = {"Origin": "https://commons.wikimedia.org"}
    answer = known.get("/v1/files/File:3.jpg", headers=ours)
    assert answer.headers["Access-Control-Allow-Origin"] == ours["Origin"]
    other = known.get("/v1/files/File:3.jpg", headers={"Origin": "https://example.org"})
    assert "Access-Control-Allow-Origin" not in other.headers
