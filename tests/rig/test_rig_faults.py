"""The rig proves itself: every fault of the wiki takes effect, and ends."""

import json
import threading
from typing import Any

import pytest
import requests

from rig import (
    ApiError,
    ApiFault,
    MediaWikiRig,
    answer,
    delay,
    truncate,
    user_agent_policy,
)
from rig.pictures import jpeg, photograph

TIMEOUT_S = 60.0
AGENT = {"User-Agent": "test/1"}

pytestmark = pytest.mark.rig


def fetch(url: str) -> requests.Response:
    return requests.get(url, headers=AGENT, timeout=TIMEOUT_S)


def ask(rig: MediaWikiRig, **params: Any) -> requests.Response:
    query = {"format": "json", "formatversion": 2, "action": "query", "meta": "siteinfo", **params}
    return requests.get(rig.api_url, params=query, headers=AGENT, timeout=TIMEOUT_S)


def thumbnail_url(rig: MediaWikiRig) -> str:
    uploader = rig.client("Uploader")
    uploader.upload("Coffee.jpg", jpeg(photograph("coffee.png", 1200)))
    url: str = uploader.file_info("Coffee.jpg", width=960)["thumburl"]
    return url


def test_a_thumbnail_is_missing_at_first_and_then_there(rig: MediaWikiRig) -> None:
    url = thumbnail_url(rig)
    rig.http_faults([answer(404, "/thumb/", count=2)])
    assert [fetch(url).status_code for _ in range(3)] == [404, 404, 200]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("retry_after", [None, 3])
def test_the_wiki_asks_for_a_pause_with_and_without_saying_how_long(
    rig: MediaWikiRig, status: int, retry_after: int | None
) -> None:
    body = json.dumps({"error": {"code": "ratelimited"}})
    fault = answer(
        status, "siteinfo", retry_after=retry_after, body=body, content_type="application/json"
    )
    rig.http_faults([fault])
    response = ask(rig)
    assert (response.status_code, response.json()) == (status, json.loads(body))
    assert response.headers.get("Retry-After") == (retry_after and str(retry_after))


def test_html_comes_in_place_of_json(rig: MediaWikiRig) -> None:
    rig.http_faults([answer(200, "siteinfo", count=1)])
    assert ask(rig).text.startswith("<!DOCTYPE html>")
    assert "query" in ask(rig).json()


def test_a_fault_can_be_aimed_at_what_is_posted(rig: MediaWikiRig) -> None:
    bot = rig.client("RigBot")
    rig.http_faults([answer(500, "title=User:RigBot/Log&")])
    with pytest.raises(requests.HTTPError):
        bot.edit("User:RigBot/Log", "text")
    bot.edit("User:RigBot/Other", "text")


def test_replication_lag_refuses_requests_with_maxlag(rig: MediaWikiRig) -> None:
    rig.runtime(lag=12)
    refused = ask(rig, maxlag=5)
    assert refused.status_code == 200
    assert refused.json()["error"]["code"] == "maxlag"
    assert refused.headers["Retry-After"] == "5"
    assert refused.headers["X-Database-Lag"] == "12"
    assert "query" in ask(rig).json()
    rig.runtime(lag=None)
    assert "query" in ask(rig, maxlag=5).json()


def test_a_read_only_wiki_refuses_edits(rig: MediaWikiRig) -> None:
    bot = rig.client("RigBot")
    rig.runtime(readOnly="maintenance")
    with pytest.raises(ApiError) as refused:
        bot.edit("Page", "text")
    assert refused.value.code == "readonly"
    rig.runtime(readOnly=None)
    bot.edit("Page", "text")


def test_a_module_fails_as_often_as_ordered_and_for_one_user(rig: MediaWikiRig) -> None:
    bot, reviewer = rig.client("RigBot"), rig.client("Reviewer")
    error = ApiFault("abusefilter-disallowed", "No.", count=1, user="RigBot")
    rig.runtime(apiErrors={"edit": error})
    reviewer.edit("Page", "text")
    with pytest.raises(ApiError) as refused:
        bot.edit("Page", "text 2")
    assert refused.value.code == "abusefilter-disallowed"
    bot.edit("Page", "text 3")


def test_rate_limits_can_be_set(rig: MediaWikiRig) -> None:
    uploader = rig.client("Uploader")
    rig.runtime(rateLimits={"edit": {"user": [1, 60]}})
    uploader.edit("Page", "one")
    with pytest.raises(ApiError) as refused:
        uploader.edit("Page", "two")
    assert refused.value.code == "ratelimited"


def test_a_client_without_a_name_of_its_own_is_refused(rig: MediaWikiRig) -> None:
    rig.http_faults([user_agent_policy()])
    assert requests.get(rig.api_url, timeout=TIMEOUT_S).status_code == 403
    assert (
        requests.get(rig.api_url, headers={"User-Agent": ""}, timeout=TIMEOUT_S).status_code == 403
    )
    assert ask(rig).status_code == 200


def test_a_transfer_breaks_off(rig: MediaWikiRig) -> None:
    url = thumbnail_url(rig)
    whole = fetch(url).content
    rig.http_faults([truncate(1000, "/thumb/", count=1)])
    response = requests.get(url, headers=AGENT, timeout=TIMEOUT_S, stream=True)
    assert response.headers["Content-Length"] == str(len(whole))
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        _ = response.content
    assert fetch(url).content == whole


def test_an_answer_comes_late(rig: MediaWikiRig) -> None:
    rig.http_faults([delay(1, "siteinfo", count=1)])
    with pytest.raises(requests.ReadTimeout):
        requests.get(f"{rig.api_url}?action=query&meta=siteinfo", headers=AGENT, timeout=0.2)
    assert ask(rig).status_code == 200


def test_a_request_is_held_while_something_happens_to_its_file(rig: MediaWikiRig) -> None:
    url = thumbnail_url(rig)
    answers: list[requests.Response] = []
    with rig.hold("/thumb/") as hold:
        reader = threading.Thread(target=lambda: answers.append(fetch(url)))
        reader.start()
        hold.wait_until_reached()
        rig.client("Admin").delete("File:Coffee.jpg")
        assert not answers
    reader.join()
    # MediaWiki forgets what it has cached of a file only after the deletion was answered.
    assert answers[0].status_code in {404, 500}


def test_an_exception_behind_the_scenes_is_reported(rig: MediaWikiRig) -> None:
    broken = rig._instance / "db" / "commonswiki.sqlite"
    broken.write_bytes(b"no database")
    assert ask(rig, meta="userinfo", list="recentchanges").status_code == 500
    rig.settle()
    assert "DBQueryError" in rig.exceptions() or "DBConnectionError" in rig.exceptions()
    rig.reset()
    assert not rig.exceptions()


def test_settling_waits_for_what_is_still_being_done(rig: MediaWikiRig) -> None:
    with rig.hold("siteinfo") as hold:
        reader = threading.Thread(target=ask, args=(rig,))
        reader.start()
        hold.wait_until_reached()
        threading.Timer(0.3, hold.release).start()
        rig.settle()
        assert [request.status for request in rig.requests("siteinfo")] == [200]
    reader.join()
