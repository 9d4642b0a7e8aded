"""Signing in with the wiki, over HTTP, and what cannot be had without it."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest
from itsdangerous import TimestampSigner

from bot.ledger import Ledger
from bot.web.reviewers import COOKIE
from support.api import ApiProcess
from support.desk import KEY
from support.ledgers import address
from support.oauth import CLIENT, OAuthProvider
from support.visitor import JSON, Visitor

pytestmark = pytest.mark.model


@pytest.fixture
def ledger(desk: ApiProcess) -> Iterator[Ledger]:
    with Ledger(address(desk.folder / "ledger.sqlite")) as opened:
        yield opened


@pytest.fixture
def visitor(desk: ApiProcess, wiki: OAuthProvider) -> Visitor:
    """Somebody who has not signed in yet; on the wiki they are Patroller."""
    wiki.user, wiki.profile, wiki.fault = "Patroller", {}, 0
    return Visitor(desk)


@pytest.fixture
def patroller(visitor: Visitor) -> Visitor:
    assert visitor.sign_in().status_code == 303
    return visitor


def test_the_way_to_the_wiki_and_back(visitor: Visitor, wiki: OAuthProvider) -> None:
    assert visitor.get("/session").json() == {"name": None, "may_decide": False, "csrf": None}
    left = visitor.get("/login", params={"next": "/queue?tier=high"})
    asked = {
        name: one for name, (one,) in parse_qs(urlsplit(left.headers["Location"]).query).items()
    }
    assert left.headers["Location"].startswith(f"{wiki.url}/authorize?")
    assert (asked["response_type"], asked["client_id"]) == ("code", CLIENT)
    assert asked["redirect_uri"] == wiki.callback
    assert asked["code_challenge_method"] == "S256"
    assert len(asked["state"]) >= 20

    back = visitor.sign_in(next="/queue?tier=high")
    assert (back.status_code, back.headers["Location"]) == (303, "/queue?tier=high")
    known = visitor.get("/session").json()
    assert (known["name"], known["may_decide"]) == ("Patroller", True)
    assert len(known["csrf"]) >= 32
    assert all(agent.startswith(("CommonsLookout/", "python-requests/")) for agent in wiki.agents)
    _, form = [one for one in wiki.asked if one[0] == "/access_token"][-1]
    assert 43 <= len(form["code_verifier"]) <= 128


def test_the_cookie_is_signed_and_out_of_reach(patroller: Visitor) -> None:
    cookie = patroller.set_cookies[-1].lower()
    assert cookie.startswith(f"{COOKIE.lower()}=")
    for wanted in ("httponly", "secure", "samesite=lax", "path=/", "max-age=43200"):
        assert wanted in cookie
    assert "domain" not in cookie
    good = patroller.cookies[COOKIE]
    assert TimestampSigner(KEY).unsign(good)
    signature = good.rindex(".") + 1  # its first character: the last one has unused bits
    for bad in (
        good[:signature] + ("A" if good[signature] != "A" else "B") + good[signature + 1 :],
        "x" + good,
        good.split(".")[0],
        "null",
    ):
        patroller.cookies[COOKIE] = bad
        assert patroller.get("/session").json()["name"] is None


def test_a_new_sign_in_has_a_new_token(patroller: Visitor) -> None:
    first = patroller.token
    patroller.sign_in()
    assert patroller.token != first


def test_signing_out_ends_every_copy_of_the_cookie(patroller: Visitor) -> None:
    copy = dict(patroller.cookies)
    assert patroller.post("/logout", {"csrf": "wrong"}).status_code == 403
    left = patroller.post("/logout", {"csrf": patroller.token, "next": "//example.org"})
    assert (left.status_code, left.headers["Location"]) == (303, "/")
    assert patroller.cookies == {}
    patroller.cookies = copy
    assert patroller.get("/session").json()["name"] is None
    assert patroller.post("/logout", {"csrf": "any"}).status_code == 403


def test_a_callback_that_was_not_begun_here_is_refused(
    visitor: Visitor, desk: ApiProcess, wiki: OAuthProvider
) -> None:
    victim = Visitor(desk)
    left = visitor.get("/login").headers["Location"]
    asked = {name: one for name, (one,) in parse_qs(urlsplit(left).query).items()}
    theirs = urlsplit(wiki.authorize(asked, allowed=True))
    assert victim.get(f"{theirs.path}?{theirs.query}").status_code == 400  # signed in as another
    victim.get("/login")
    assert victim.get(f"{theirs.path}?{theirs.query}").status_code == 400
    assert victim.get("/session").json()["name"] is None
    assert visitor.get(f"{theirs.path}?{theirs.query}").status_code == 303
    again = visitor.get(f"{theirs.path}?{theirs.query}")
    assert again.status_code == 400  # the state is used up
    assert again.headers["Content-Type"] == "application/problem+json"


def test_a_code_that_the_wiki_does_not_take(visitor: Visitor, wiki: OAuthProvider) -> None:
    for code in ("made-up", "x" * 500):
        left = urlsplit(visitor.get("/login").headers["Location"])
        state = parse_qs(left.query)["state"][0]
        refused = visitor.get("/login/callback", params={"code": code, "state": state})
        assert refused.status_code == 403
        assert "invalid_grant" in refused.json()["detail"]
    wiki.fault = 502
    assert visitor.sign_in().status_code in (502, 503)
    wiki.fault = 429
    assert visitor.sign_in().status_code in (502, 503)


def test_who_says_no_stays_a_stranger(visitor: Visitor) -> None:
    assert visitor.sign_in(answer="cancel").status_code == 403
    assert visitor.get("/session").json()["name"] is None
    assert visitor.decide(1).status_code == 403


def test_who_is_blocked_does_not_sign_in(visitor: Visitor, wiki: OAuthProvider) -> None:
    wiki.profile = {"blocked": True}
    assert "blocked" in visitor.sign_in().json()["detail"]
    wiki.profile = {}
    wiki.user = "Blocked"  # on this wiki alone
    assert "blocked" in visitor.sign_in().json()["detail"]
    wiki.profile = {"username": None}
    assert visitor.sign_in().status_code == 502


def test_a_decision_lands_among_those_of_the_wiki(patroller: Visitor, ledger: Ledger) -> None:
    made = patroller.decide(1, "false positive")
    assert made.status_code == 200, made.text
    key = made.json()["id"]
    assert made.json() == {
        "id": key,
        "log_id": 1,
        "outcome": "false positive",
        "undo": f"/decisions/{key}/undo",
    }
    (stored,) = ledger.reviews.of([1])
    assert (stored.source, stored.outcome, stored.reviewer) == (
        "dashboard",
        "false positive",
        "Patroller",
    )
    assert stored.counts
    assert patroller.decide(1, "false positive").json()["id"] == key
    assert len(ledger.reviews.of([1])) == 1

    shown = patroller.get("/v1/files/File:1.jpg").json()["uploads"][0]["decisions"]
    assert [(one["source"], one["counts"]) for one in shown] == [("dashboard", True)]
    decided = patroller.get("/v1/flags", params={"status": "decided"}).json()["flags"]
    assert 1 in [flag["log_id"] for flag in decided]

    assert patroller.undo(key).json() == {"id": key, "undone": True}
    assert patroller.undo(key).json() == {"id": key, "undone": False}
    assert not ledger.reviews.of([1])[0].counts
    acts = [
        (act.act, act.actor) for act in ledger.history.acts(0, 1e11, limit=99) if act.log_id == 1
    ]
    assert acts == [("decided", "Patroller"), ("undone", "Patroller")]
    again = patroller.decide(1, "false positive").json()["id"]
    assert again != key


def test_a_form_without_scripts_is_led_on(patroller: Visitor) -> None:
    form = {"log_id": 2, "outcome": "ok", "csrf": patroller.token, "next": "/queue"}
    made = patroller.post("/decisions", form)
    assert (made.status_code, made.headers["Location"]) == (303, "/queue")
    form["next"] = "//example.org/"
    assert patroller.post("/decisions", form).headers["Location"] == "/"


def test_only_ones_own_decision_can_be_taken_back(
    patroller: Visitor, desk: ApiProcess, wiki: OAuthProvider
) -> None:
    key = patroller.decide(3).json()["id"]
    wiki.user = "Second"
    second = Visitor(desk)
    second.sign_in()
    assert second.undo(key).status_code == 403
    assert second.undo(10**6).status_code == 404
    other = second.decide(3, "scope").json()["id"]
    assert other != key
    assert patroller.undo(key).json()["undone"]


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"log_id": 4, "outcome": "ok"}, 403),
        ({"log_id": 4, "outcome": "ok", "csrf": "x" * 43}, 403),
        ({"log_id": 4, "outcome": "other", "csrf": ""}, 422),
        ({"log_id": 4, "outcome": "fine", "csrf": ""}, 422),
        ({"log_id": "four", "outcome": "ok", "csrf": ""}, 422),
        ({"log_id": 0, "outcome": "ok", "csrf": ""}, 422),
        ({"log_id": 2**63, "outcome": "ok", "csrf": ""}, 422),
        ({"outcome": "ok", "csrf": ""}, 422),
        ({"log_id": 999, "outcome": "ok", "csrf": ""}, 404),
    ],
)
def test_forms_that_decide_nothing(
    patroller: Visitor, ledger: Ledger, form: dict[str, str], status: int
) -> None:
    if form.get("csrf") == "":
        form = form | {"csrf": patroller.token}
    refused = patroller.post("/decisions", form, **JSON)
    assert refused.status_code == status, refused.text
    assert refused.headers["Content-Type"] == "application/problem+json"
    assert ledger.reviews.of([4]) == []


def test_whose_word_would_not_count_on_the_wiki_does_not_here(
    desk: ApiProcess, wiki: OAuthProvider, ledger: Ledger
) -> None:
    for name, reason in (
        ("Machine", "bots do not decide"),
        ("Excluded", "excluded"),
        ("Nobody on this wiki", "only members of autoconfirmed"),
    ):
        wiki.user = name
        visitor = Visitor(desk)
        visitor.sign_in()
        assert visitor.get("/session").json()["may_decide"] is False
        refused = visitor.decide(6)
        assert refused.status_code == 403
        assert reason in refused.json()["detail"]
    assert ledger.reviews.of([6]) == []


def test_ones_own_upload_is_for_others(
    desk: ApiProcess, wiki: OAuthProvider, ledger: Ledger
) -> None:
    wiki.user = "Uploader"
    uploader = Visitor(desk)
    uploader.sign_in()
    refused = uploader.decide(7)
    assert refused.status_code == 403
    assert "your own" in refused.json()["detail"]
    assert ledger.reviews.of([7]) == []


def test_two_clicks_at_once_are_one_decision(patroller: Visitor, ledger: Ledger) -> None:
    token = patroller.token
    form = {"log_id": 8, "outcome": "ok", "csrf": token}
    with ThreadPoolExecutor(8) as clicks:
        made = list(clicks.map(lambda _: patroller.post("/decisions", form, **JSON), range(16)))
    assert {answer.status_code for answer in made} == {200}
    assert len({answer.json()["id"] for answer in made}) == 1
    assert len(ledger.reviews.of([8])) == 1


def test_a_session_ends_by_itself(patroller: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    signer = TimestampSigner(KEY)
    payload = signer.unsign(patroller.cookies[COOKIE])
    past = int(time.time()) - 12 * 3600 - 60
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda _: past)
    patroller.cookies[COOKIE] = signer.sign(payload).decode()
    monkeypatch.undo()
    assert patroller.get("/session").json()["name"] is None


def test_without_a_consumer_nobody_signs_in_or_decides(api: ApiProcess) -> None:
    assert api.get("/login", allow_redirects=False).status_code == 404
    assert api.get("/login/callback", allow_redirects=False).status_code == 404
    assert api.get("/session").json()["name"] is None
    for path in ("/logout", "/decisions", "/decisions/1/undo"):
        refused = api.post(path, data={"csrf": "x", "log_id": 1, "outcome": "ok"})
        assert refused.status_code == 404
        assert "signin.client_id" in refused.json()["detail"]
