"""What the texts of control pages mean: pure functions."""

import pytest

from bot.control.optout import opted_out, refuse_opted_out
from bot.control.runpage import says_go
from bot.errors import NothingToScore
from bot.publish.exclusion import may_edit


@pytest.mark.parametrize("text", ["true", " True\n", "<!-- Change to stop. -->\ntrue", "TRUE"])
def test_a_run_page_that_says_true_says_go(text: str) -> None:
    assert says_go(text)


@pytest.mark.parametrize(
    "text", ["", "false", "stop", "true?", "true true", "<!-- true -->", "'''true'''", "{{true}}"]
)
def test_every_other_word_says_stop(text: str) -> None:
    assert not says_go(text)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("* [[User:Ann]]\n* [[User:Bob Smith|Bob]], thanks", {"Ann", "Bob Smith"}),
        ("[[user:ann_b]] [[:User talk:Carl#Stop]]", {"Ann b", "Carl"}),
        ("{{User|Dora}} {{u|1=Émile}} {{userlinks|Frank|x}}", {"Dora", "Émile", "Frank"}),
        ("<!-- [[User:Ann]] --><nowiki>[[User:Bob]]</nowiki>", set()),
        ("[[Commons:Bots]] User:Ann {{done}}", set()),
        ("[[User:Gina/Sandbox]]", {"Gina"}),
        ("", set()),
    ],
)
def test_an_opt_out_page_is_any_text_with_links_to_users(text: str, names: set[str]) -> None:
    assert opted_out(text) == names


def test_who_opted_out_is_not_looked_at() -> None:
    with pytest.raises(NothingToScore) as caught:
        refuse_opted_out("Ann", {"Ann"})
    assert caught.value.reason == "opted-out"
    refuse_opted_out("Bob", {"Ann"})
    refuse_opted_out("", {"Ann"})


@pytest.mark.parametrize(
    ("text", "allowed"),
    [
        ("plain", True),
        ("{{nobots}}", False),
        ("{{NoBots}}", False),
        ("{{bots}}", True),
        ("{{Bots|allow=all}}", True),
        ("{{bots|allow=none}}", False),
        ("{{bots|allow=OtherBot}}", False),
        ("{{bots|allow=OtherBot, LookoutBot}}", True),
        ("{{bots|deny=all}}", False),
        ("{{bots|deny=none}}", True),
        ("{{bots|deny=OtherBot}}", True),
        ("{{bots|deny=OtherBot,lookoutBot }}", False),
        ("{{bots|allow=LookoutBot|deny=all}}", False),
        ("{{nobots|allow=LookoutBot}}", True),
        ("{{nobots|OtherBot}}", True),
        ("{{nobots|OtherBot,LookoutBot}}", False),
        ("<!-- {{nobots}} -->", True),
        ("<nowiki>{{nobots}}</nowiki>", True),
        ("text {{Information|description={{nobots}}}}", False),
        ("{{bots|optout=unnecessary}}", True),
        ("{{nobots", True),
    ],
)
def test_a_page_can_keep_bots_away(text: str, allowed: bool) -> None:  # noqa: FBT001
    assert may_edit(text, "LookoutBot") is allowed
