"""The dashboard's pages over HTTP: what they say, and what they refuse."""

import re
from html import escape as as_html
from html.parser import HTMLParser
from pathlib import Path

import pytest

from bot.home import models_folder
from bot.ledger import Ledger
from bot.settings.reviewing import ReviewSettings
from bot.statistics.recent import recent
from bot.statistics.text import interval, latency
from model.bundle import read_card
from support.api import ApiProcess
from support.dashboard import SESSION_KEY, Dashboard
from support.ledgers import address
from support.oauth import CLIENT, SECRET
from support.reviews import suggest
from support.world import small_world

pytestmark = pytest.mark.model
PAGES = ("/", "/queue", "/explorer", "/statistics", "/model", "/api")
HOSTILE = 'File:<script>alert("x")</script> & \' ${7*7} {{7*7}}.jpg'
CARD = re.compile(r'data-log-id="(\d+)"')
FOLLOWING = re.compile(r'id="following" href="([^"]+)"')


class Inline(HTMLParser):
    """Finds what a strict policy forbids: styles and scripts that stand in the page."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at its attributes."""
        names = {name for name, _ in attrs}
        self._in_script = tag == "script"
        if tag == "style" or "style" in names or any(name.startswith("on") for name in names):
            self.found.append(self.get_starttag_text() or tag)

    def handle_endtag(self, tag: str) -> None:
        """Leave a script."""
        del tag
        self._in_script = False

    def handle_data(self, data: str) -> None:
        """Look whether a script has text."""
        if self._in_script and data.strip():
            self.found.append(data)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_answered_under_a_policy_that_it_keeps(dashboard: Dashboard, path: str) -> None:
    answer = dashboard.api.get(path)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert f"img-src 'self' data: http://{dashboard.world.host};" in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Cache-Control"] == "no-store"
    parser = Inline()
    parser.feed(answer.text)
    assert parser.found == []
    assert "nudity is allowed on Commons" in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_what_a_page_refers_to_is_there_and_may_be_kept(dashboard: Dashboard, path: str) -> None:
    referred = re.findall(r'(?:href|src)="(/static/[^"]+)"', dashboard.api.get(path).text)
    assert referred
    for place in set(referred):
        answer = dashboard.api.get(place)
        assert answer.status_code == 200, place
        assert answer.headers["Cache-Control"] == "public, max-age=86400"


def test_the_status_adds_up(either: Dashboard) -> None:
    page = either.api.get("/").text
    total = re.search(r"<b>([\d,]+)</b> seen", page)
    parts = re.findall(r"<span><b>([\d,]+)</b> (\w+)</span>", page)
    assert total
    assert {name for _, name in parts} == {"waiting", "leased", "scored", "skipped", "dead"}
    numbers = [int(count.replace(",", "")) for count, _ in parts]
    assert sum(numbers) == int(total[1].replace(",", "")) > 1000
    assert "adds up" in page
    assert "lookout dead list" in page
    assert page.count('<rect class="room"') == 48


def test_the_queue_has_every_open_suggestion_once_what_weighs_most_first(
    either: Dashboard,
) -> None:
    path, seen = "/queue", list[int]()
    while path:
        page = either.api.get(path).text
        seen += map(int, CARD.findall(page))
        following = FOLLOWING.search(page)
        path = following[1].replace("&amp;", "&") if following else ""
    assert seen == either.waiting
    assert len(seen) > 20


@pytest.mark.parametrize(
    ("query", "kept"),
    [
        ("medium=video", "slideshow"),
        ("tier=high", ">high</span>"),
        ("label=drawing", "drawing"),
    ],
)
def test_the_queue_is_filtered(dashboard: Dashboard, query: str, kept: str) -> None:
    page = dashboard.api.get(f"/queue?{query}").text
    entries = page.split('<li class="card"')[1:]
    assert len(entries) > 0
    assert all(kept in entry.lower() for entry in entries)


def test_what_was_decided_is_shown_with_who_and_when(dashboard: Dashboard) -> None:
    page = dashboard.api.get("/queue?status=decided").text
    assert re.search(r"Decided: <b>\w[\w ]*</b> by (Anna|Bjarne|Chidi), <time", page)
    assert CARD.findall(dashboard.api.get("/queue?label=porn").text) == []


@pytest.mark.parametrize(
    "query", ["tier=urgent", "label=nothing", "medium=x", "status=x", "after=a", "after=1.5_x"]
)
def test_a_question_that_means_nothing_is_answered_by_a_page(
    dashboard: Dashboard, query: str
) -> None:
    answer = dashboard.api.get(f"/queue?{query}")
    assert answer.status_code == 422
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Cannot be processed" in answer.text


def test_an_entry_tells_all_that_is_known(dashboard: Dashboard) -> None:
    key = dashboard.waiting[0]
    answer = dashboard.api.get("/files", params={"title": dashboard.title(key)})
    assert answer.url == f"{dashboard.api.base}/queue/{key}"
    page = answer.text
    assert dashboard.title(key) in page
    for wanted in (
        "Verdict: review",
        "a drawing",
        "nsfwjs-mobilenet-v2-mid",
        "bilinear-1",
        f"{key:040x}",
        "action=history",
        "Special:Log&amp;page=File:",
        "Commons:Deletion_requests/File:",
        "Make a heat map",
        "dry run",
    ):
        assert wanted in page, wanted


def test_a_video_has_a_line_of_time(either: Dashboard) -> None:
    page = either.api.get(either.path("/queue/VIDEO")).text
    assert page.count("<title>0:0") == 3
    assert 'class="threshold"' in page
    assert "<span>0:07</span>" in page
    assert "All 3 views" in page


def test_a_video_has_a_heat_map_of_its_moment_when_somebody_asks(dashboard: Dashboard) -> None:
    path = dashboard.path("/queue/VIDEO")
    before = dashboard.api.get(path).text
    assert "spoke for the label at 0:04?" in before
    assert "data:image/png" not in before
    answer = dashboard.api.post(f"{path}/heat-map")
    assert answer.status_code == 200
    assert '<img src="data:image/png;base64,' in answer.text
    assert re.search(r"Of a still of the file as it is now: .*, at 0:0[45]\.", answer.text)


def test_an_upload_without_scores_says_so(dashboard: Dashboard) -> None:
    (dead,) = re.findall(r'</b> <a href="(/queue/\d+)">', dashboard.api.get("/").text)[:1]
    page = dashboard.api.get(dead).text
    assert "No verdict" in page
    assert "That says nothing about what it shows" in page
    assert "Make a heat map" not in page


@pytest.mark.parametrize(
    ("path", "status"),
    [("/queue/987654321", 404), ("/queue/0", 422), ("/queue/x", 422), ("/files?title=%7C", 422)],
)
def test_what_is_not_known_is_answered_by_a_page(
    dashboard: Dashboard, path: str, status: int
) -> None:
    answer = dashboard.api.get(path)
    assert answer.status_code == status
    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_threshold_is_compared_with_the_one_in_force(either: Dashboard) -> None:
    low, high = (
        re.findall(r'id="then-(?:per-day|right)">([\d.]+)', page)
        for page in (
            either.api.get("/explorer?threshold=0.8").text,
            either.api.get("/explorer?threshold=0.95").text,
        )
    )
    assert 0 < float(high[0]) < float(low[0])
    assert 50 < float(low[1]) < float(high[1]) < 100
    unasked = either.api.get("/explorer?threshold=0.6").text
    assert 'id="then-right">not known' in unasked
    assert "nothing was suggested below 0.80" in unasked
    for wrong in ("threshold=2", "threshold=x", "rule=nothing", "medium=sound", "threshold=nan"):
        assert either.api.get(f"/explorer?{wrong}").status_code == 422, wrong


def test_the_model_page_is_the_card(either: Dashboard) -> None:
    page = either.api.get("/model").text
    info = either.api.get("/v1/models/nsfwjs-mobilenet-v2-mid").json()
    assert info["name"] == "nsfwjs-mobilenet-v2-mid"
    card = read_card(models_folder(), info["name"])
    for line in (card.architecture, *card.verified, *card.not_verified, *card.caveats):
        shown = as_html(line).replace("&#x27;", "&#39;").replace("&quot;", "&#34;")
        assert re.sub("`([^`]+)`", r"<code>\1</code>", shown) in page
    assert '<tr class="then">' in page
    assert "None is known" in page


def test_the_statistics_are_those_of_the_command(either: Dashboard) -> None:
    page = either.api.get("/statistics").text
    with Ledger(either.ledger) as ledger:
        report = recent(ledger, ReviewSettings())
    whole = report.precision[0]
    assert f"<td>{whole.suggested}</td><td>{whole.open}</td><td>{whole.no_answer}</td>" in page
    assert interval(whole.precision) in page
    assert latency(report.latency) in page


def test_the_api_page_names_every_operation(dashboard: Dashboard) -> None:
    page = dashboard.api.get("/api").text
    for path in dashboard.api.get("/openapi.json").json()["paths"]:
        assert f"<code>{path}</code>" in page
    assert "/queue</code>" not in page


def test_nobody_decides_without_having_signed_in(dashboard: Dashboard) -> None:
    page = dashboard.api.get("/queue").text
    assert 'href="/login?next=/queue"' in page
    assert 'action="/decisions"' not in page
    assert "data-csrf" not in page


def test_a_closed_service_asks_to_sign_in(tmp_path: Path) -> None:
    with small_world() as world:
        settings = world.settings(
            serve={"public_read": False},
            signin={"client_id": CLIENT, "address": "https://lookout.example"},
        )
    secrets = {"LOOKOUT_SIGNIN_SECRET": SECRET, "LOOKOUT_SESSION_KEY": SESSION_KEY}
    with ApiProcess(tmp_path / "state", settings, secrets) as api:
        answer = api.get("/queue?tier=high")
        assert answer.status_code == 401
        assert answer.headers["Content-Type"].startswith("text/html")
        assert 'href="/login?next=/queue%3Ftier%3Dhigh"' in answer.text
        assert api.post("/queue/1/heat-map").status_code == 401
        assert api.get("/static/look.css").status_code == 200


def test_a_hostile_title_is_only_a_title(dashboard: Dashboard) -> None:
    with Ledger(address(dashboard.api.folder / "ledger.sqlite")) as ledger:
        suggest(ledger, 990_001, title=HOSTILE, tier="low", medium="document")
    page = dashboard.api.get("/queue?medium=document").text
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(&#34;x&#34;)&lt;/script&gt; &amp; &#39; ${7*7} {{7*7}}.jpg" in page
