"""How the listing of a category goes down into others."""

from bot.backfill.walk import MOST_CATEGORIES, Walk

TOKEN = "file|2026|7"  # noqa: S105 - of a listing


def test_it_goes_breadth_first_and_takes_each_category_once() -> None:
    below = {"A": ["B", "C"], "B": ["D", "A"], "C": ["D", "B"], "D": ["A"]}
    at: Walk | None = Walk.begin("A", 9)
    listed = []
    while at:
        listed.append(at.category)
        at = at.beyond(below[at.category])
    assert listed == ["A", "B", "C", "D"]


def test_it_goes_no_further_down_than_is_asked() -> None:
    at = Walk.begin("A", 1)
    assert at.goes_down
    after = at.beyond(["B"])
    assert after
    assert not after.goes_down
    assert after.beyond([]) is None


def test_what_is_kept_is_where_it_goes_on() -> None:
    after = Walk.begin("A", 3).beyond(["Ä", "C"])
    assert after
    within = after.within(TOKEN)
    assert Walk.read(within.text) == within
    assert (within.category, within.token) == ("Ä", TOKEN)


def test_it_ends_somewhere_and_what_is_kept_goes_into_its_column() -> None:
    names = [f"Category:{number:0245}" for number in range(2 * MOST_CATEGORIES)]
    at = Walk.begin(names[0], 9).beyond(names)
    assert at
    assert len(at.waiting) + len(at.done) == MOST_CATEGORIES
    assert len(at.within(TOKEN).text.encode()) < 2**16
