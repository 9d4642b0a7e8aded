"""Uploaders and file pages, as the wiki tells of them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from bot.demo.commons import MiniCommons
from bot.errors import NetworkFault, ServerBusy
from bot.identity import user_agent
from bot.people import file_pages, uploaders
from bot.rules import FilePage, Uploader
from bot.settings.intake import WikiSettings
from bot.wikiapi import VALUES_PER_REQUEST, WikiApi
from support.bench import picture
from support.scripted import Reply, ScriptedServer, as_json, in_turn

AGENT = user_agent("test@example.org")


@pytest.fixture
def mini() -> Iterator[MiniCommons]:
    with MiniCommons() as server:
        yield server


@pytest.fixture
def api(mini: MiniCommons) -> Iterator[WikiApi]:
    api = WikiApi(WikiSettings(api=mini.addresses.api), user_agent=AGENT)
    yield api
    api.close()


def scripted(server: ScriptedServer) -> WikiApi:
    return WikiApi(WikiSettings(api=f"{server.url}/w/api.php"), user_agent=AGENT)


def test_an_uploader_is_known_by_groups_edits_and_age(mini: MiniCommons, api: WikiApi) -> None:
    mini.wiki.register("Old|hand", edits=4_000, days=900, groups=("image-reviewer",))
    found = uploaders(api, ["Old|hand", "Nobody", ""])
    old = found["Old|hand"]
    assert (old.groups, old.edits) == (("image-reviewer", "autoconfirmed"), 4_000)
    assert old.registered_at
    assert timedelta(days=899) < datetime.now(UTC) - old.registered_at < timedelta(days=901)
    assert found["Nobody"] == found[""] == Uploader()


def test_more_names_than_one_request_takes_are_asked_for_in_parts(
    mini: MiniCommons, api: WikiApi
) -> None:
    names = [f"User {number}" for number in range(VALUES_PER_REQUEST + 1)]
    for number, name in enumerate(names):
        mini.wiki.register(name, edits=number, days=1)
    found = uploaders(api, names)
    assert [found[name].edits for name in names] == list(range(len(names)))


def test_an_account_from_before_dates_were_kept_is_old() -> None:
    user = {"userid": 1, "name": "Founder", "editcount": 9, "registration": None, "groups": ["*"]}
    with ScriptedServer(in_turn(as_json({"query": {"users": [user]}}))) as server:
        found = uploaders(scripted(server), ["Founder"])["Founder"]
    assert found.registered_at == datetime.fromtimestamp(0, UTC)
    assert found.groups == ()


def test_an_address_is_no_account() -> None:
    user = {"name": "192.0.2.1", "invalid": True}
    with ScriptedServer(in_turn(as_json({"query": {"users": [user]}}))) as server:
        assert uploaders(scripted(server), ["192.0.2.1"]) == {"192.0.2.1": Uploader()}


def test_a_file_page_is_known_by_its_templates_and_categories(
    mini: MiniCommons, api: WikiApi
) -> None:
    mini.wiki.upload("File:A.png", picture("red"), user="U", comment="")
    mini.wiki.write("File:A.png", "{{Artwork|x}} {{PD-old}}\n[[Category:Rome]][[Category:Art|k]]")
    mini.wiki.upload("File:B.png", picture("blue"), user="U", comment="")
    assert file_pages(api, ["File:A.png", "File:B.png", "File:Gone.png"]) == {
        "File:A.png": FilePage(templates=("Artwork", "PD-old"), categories=("Rome", "Art")),
        "File:B.png": FilePage(),
        "File:Gone.png": FilePage(),
    }


def test_a_long_answer_is_put_together() -> None:
    def part(**props: object) -> dict[str, object]:
        return {"query": {"pages": [{"title": "File:A.png", **props}]}}

    answers = in_turn(
        as_json(
            part(categories=[{"title": "Category:A"}], templates=[{"title": "Template:T"}])
            | {"continue": {"clcontinue": "x", "continue": "||templates"}}
        ),
        as_json(part(categories=[{"title": "Category:B"}]) | {"batchcomplete": True}),
    )
    with ScriptedServer(answers) as server:
        (page,) = file_pages(scripted(server), ["File:A.png"]).values()
    assert page == FilePage(templates=("T",), categories=("A", "B"))


def test_nothing_asked_is_no_request() -> None:
    with ScriptedServer(in_turn(Reply())) as server:
        assert uploaders(scripted(server), []) == {}
        assert file_pages(scripted(server), []) == {}
        assert server.requests == []


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(status=503), ServerBusy),
        (as_json({"error": {"code": "maxlag", "info": "lag"}}), ServerBusy),
        (Reply(body=b"<html>"), NetworkFault),
        (as_json({"batchcomplete": True}), NetworkFault),
        (as_json({"query": {"users": [{}]}}), NetworkFault),
    ],
)
def test_an_answer_that_is_none_is_no_uploader_without_edits(
    reply: Reply, error: type[Exception]
) -> None:
    with ScriptedServer(in_turn(reply)) as server, pytest.raises(error):
        uploaders(scripted(server), ["A"])
