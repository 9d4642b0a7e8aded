"""The outputs take turns; the wiki is checked before the first one writes."""

from pathlib import Path

import pytest

from bot.errors import EditConflict, NotAllowed, Refused, ServerBusy
from bot.publish import Publisher
from support.outputs import TroubledWiki


class Scripted:
    """An output that does as a test says."""

    def __init__(
        self, wiki: TroubledWiki, *, due: bool = True, error: Exception | None = None
    ) -> None:
        self.wiki = wiki
        self.sent = 0
        self._due = due
        self._error = error

    def due(self) -> bool:
        """Tell what the test said."""
        return self._due

    def send(self) -> None:
        """Count."""
        self.sent += 1
        if self._error:
            raise self._error


@pytest.fixture
def wiki(tmp_path: Path) -> TroubledWiki:
    return TroubledWiki(tmp_path / "pages")


def test_with_nothing_due_nothing_is_asked_of_the_wiki(wiki: TroubledWiki) -> None:
    output = Scripted(wiki, due=False)
    Publisher([output]).turn()
    assert (output.sent, wiki.checks) == (0, 0)


def test_each_wiki_is_checked_once_before_its_first_edit(
    wiki: TroubledWiki, tmp_path: Path
) -> None:
    other = TroubledWiki(tmp_path / "others")
    publisher = Publisher([Scripted(wiki), Scripted(other), Scripted(wiki)])
    publisher.turn()
    publisher.turn()
    assert (wiki.checks, other.checks) == (1, 1)


@pytest.mark.parametrize("error", [EditConflict("theirs"), Refused("no")], ids=repr)
def test_what_one_page_meets_does_not_hold_up_other_outputs(
    wiki: TroubledWiki, error: Exception
) -> None:
    outputs = [Scripted(wiki, error=error), Scripted(wiki)]
    publisher = Publisher(outputs)
    if isinstance(error, EditConflict):
        with pytest.raises(EditConflict):
            publisher.turn()
    else:
        publisher.turn()
    assert [output.sent for output in outputs] == [1, 1]


@pytest.mark.parametrize("error", [ServerBusy("lag"), NotAllowed("blocked")], ids=repr)
def test_what_the_whole_wiki_meets_ends_the_turn(wiki: TroubledWiki, error: Exception) -> None:
    outputs = [Scripted(wiki, error=error), Scripted(wiki)]
    with pytest.raises(type(error)):
        Publisher(outputs).turn()
    assert [output.sent for output in outputs] == [1, 0]
