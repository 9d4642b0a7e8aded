"""The template call of an entry: written, read back, and edited by anybody in between."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.publish.template import EntryCall, escape, keys, labels_text, parse, render

CALL = EntryCall(
    key=7,
    file="File:Cat.jpg",
    tier="high",
    rule="explicit",
    score="0.93",
    labels=labels_text({"neutral": 0.06, "porn": 0.91, "drawing": 0.02}),
    model="nsfwjs-mobilenet-v2-mid/1",
    time="0:12",
)
HOSTILE = [
    "File:A|state=ok.jpg",
    "File:A}}{{Commons Lookout entry|key=9|state=ok}}.jpg",
    "File:[[A]] [http://example.org B].jpg",
    "File:<!-- A --><nowiki>.jpg",
    "File:=Heading=.jpg",
    "File:A &amp; B &#124; C.jpg",
    "File:~~~~.jpg",
    "File:L''été'''.jpg",
    "File:{{{1|}}} {| |} -{A}-.jpg",
    "File:A__NOTOC__.jpg",
    "File:東京 Łódź عربى 🐱.jpg",
]
texts = st.text(st.characters(codec="utf-8", exclude_categories=["Cc"])).map(
    lambda text: " ".join(text.split())
)


def test_a_call_is_one_line_that_ends_with_the_state() -> None:
    assert render(CALL) == (
        "{{Commons Lookout entry|key=7|file=File:Cat.jpg|tier=high|rule=explicit|score=0.93"
        "|labels=porn 0.91, neutral 0.06, drawing 0.02|model=nsfwjs-mobilenet-v2-mid/1"
        "|time=0:12|note=|state=}}"
    )


@pytest.mark.parametrize("title", HOSTILE)
def test_a_hostile_title_comes_back_as_it_is_and_adds_no_call(title: str) -> None:
    call = replace(CALL, file=title)
    text = f"Before {render(call)}\n* {render(replace(CALL, key=8))} after"
    assert parse(text) == [call, replace(CALL, key=8)]
    assert keys(text) == {7, 8}


@given(texts, texts, texts)
def test_any_text_comes_back_as_it_is(file: str, note: str, state: str) -> None:
    call = replace(CALL, file=file, note=note, state=state)
    assert parse(render(call)) == [call]
    assert "\n" not in render(call)


@pytest.mark.parametrize(
    ("written", "state"),
    [
        ("|state=ok}}", "ok"),
        ("|state= ok \n}}", "ok"),
        ("\n | state = false positive\n}}", "false positive"),
        ("|state=ok <!-- a museum -->}}", "ok"),
        ("|state=|state=scope}}", "scope"),
        ("|State=ok}}", ""),
        ("|state=ok [[User:Bob|Bob]] 12:00}}", "ok [[User:Bob|Bob]] 12:00"),
        ("|state={{kept|1=a}}}}", "{{kept|1=a}}"),
        ("}}", ""),
    ],
)
def test_a_state_is_read_as_mediawiki_reads_it(written: str, state: str) -> None:
    text = render(CALL).replace("|state=}}", written)
    assert [call.state for call in parse(text)] == [state]


@pytest.mark.parametrize(
    "name",
    ["commons Lookout entry", "Commons_Lookout_entry", "Template:Commons Lookout entry", " \n{0} "],
)
def test_the_name_may_be_written_as_mediawiki_allows(name: str) -> None:
    name = name.replace("{0}", "Commons Lookout entry")
    text = render(CALL).replace("Commons Lookout entry", name)
    assert parse(text) == [CALL]
    assert keys(text) == {7}


@pytest.mark.parametrize("hidden", ["<!-- {} -->", "<nowiki>{}</nowiki>"])
def test_a_hidden_call_says_nothing_and_is_still_there(hidden: str) -> None:
    text = hidden.format(render(CALL))
    assert parse(text) == []
    assert keys(text) == {7}


@pytest.mark.parametrize("around", ["<s>{}</s>", "''{}", "* {}\n*: Fine. ''L'été", "{{{{a|{}}}}}"])
def test_what_stands_around_a_call_does_not_matter(around: str) -> None:
    assert parse(around.format(render(CALL))) == [CALL]


@pytest.mark.parametrize("text", ["", "{{Commons Lookout entry|key=x}}", "{{Other|key=7}}", "{{"])
def test_what_is_no_call_is_none(text: str) -> None:
    assert parse(text) == []
    assert keys(text) == set()


def test_a_call_without_its_other_parameters_has_empty_ones() -> None:
    (call,) = parse("{{Commons Lookout entry|key=7|state=ok}}")
    assert (call.key, call.file, call.score, call.state) == (7, "", "", "ok")


def test_escaped_text_holds_no_sign_of_wikitext() -> None:
    assert not set(escape("|{}[]<>~\n")) & set("|{}[]<>~\n")
