"""The dashboard as people use it, in a real browser: keys, pictures, light and dark, a phone."""

import re

import pytest
from playwright.sync_api import Page, expect

from support.axe import grave_faults
from support.dashboard import Dashboard, Windows

pytestmark = [pytest.mark.model, pytest.mark.timeout(180)]
PAGES = (
    "/",
    "/queue",
    "/queue?status=decided",
    "/queue?tier=nothing",
    "/queue/VIDEO",
    "/explorer",
    "/statistics",
    "/model",
    "/api",
)
PHONE = {"viewport": {"width": 360, "height": 740}, "is_mobile": True, "has_touch": True}


def blur(page: Page, number: int) -> str:
    """Return how a picture is filtered, once that has come to rest."""
    picture = page.locator(".picture img").nth(number)
    found: str = picture.evaluate(
        "async (one) => {"
        " await Promise.all(one.getAnimations().map((a) => a.finished));"
        " return getComputedStyle(one).filter }"
    )
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", PAGES)
def test_axe_finds_nothing_grave(
    windows: Windows, dashboard: Dashboard, axe: str, path: str, scheme: str
) -> None:
    page = windows.open(dashboard.path(path), color_scheme=scheme)
    assert grave_faults(page, axe) == []


@pytest.mark.parametrize("path", PAGES)
def test_a_phone_shows_the_page_without_scrolling_sideways(
    windows: Windows, dashboard: Dashboard, path: str
) -> None:
    page = windows.open(dashboard.path(path), **PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360


def test_dark_is_dark_and_light_is_light(windows: Windows) -> None:
    shade = "getComputedStyle(document.body).backgroundColor"
    assert windows.open("/", color_scheme="light").evaluate(shade) == "rgb(255, 255, 255)"
    assert windows.open("/", color_scheme="dark").evaluate(shade) == "rgb(16, 20, 24)"


def test_the_queue_by_keyboard(windows: Windows, dashboard: Dashboard) -> None:
    page = windows.open("/queue")
    first, second, third = (page.locator(f"#upload-{key}") for key in dashboard.waiting[:3])
    page.keyboard.press("j")
    expect(first).to_be_focused()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(third).to_be_focused()
    page.keyboard.press("k")
    expect(second).to_be_focused()
    page.keyboard.press("r")
    expect(second.locator(".reveal")).to_be_checked()
    page.keyboard.press("Enter")
    expect(second.locator(".reveal")).not_to_be_checked()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_hidden()
    page.keyboard.press("e")
    page.wait_for_url(f"**/queue/{dashboard.waiting[1]}")


def test_single_keys_can_be_switched_off(windows: Windows) -> None:
    page = windows.open("/queue")
    page.get_by_role("button", name="Keyboard").click()
    page.get_by_label("Single keys do something").uncheck()
    page.get_by_role("button", name="Close").click()
    page.reload()
    page.keyboard.press("j")
    assert page.locator(".card.current").count() == 0


def test_a_picture_is_blurred_and_coarse_until_it_is_asked_for(windows: Windows) -> None:
    page = windows.open("/queue?label=drawing")
    still = page.locator(".picture:has(img)").first
    picture = still.locator("img")
    expect(picture).to_have_js_property("complete", value=True)
    assert blur(page, 0) == "blur(20px)"
    assert picture.evaluate("one => one.naturalWidth") == 120
    with page.expect_response(lambda answer: "width=500" in answer.url):
        still.click()
    assert blur(page, 0) == "none"
    still.click()
    assert blur(page, 0) == "blur(20px)"


def test_nothing_moves_by_itself(windows: Windows) -> None:
    page = windows.open("/queue")
    canvas = page.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    expect(canvas).to_have_js_property("width", value=120)
    assert page.locator('img[src*=".gif"]').count() == 0
    assert page.locator("video, audio").count() == 0


def test_blur_and_greyscale_are_remembered(windows: Windows) -> None:
    page = windows.open("/queue?label=drawing")
    page.get_by_label("Blur").fill("36")
    page.get_by_label("Greyscale").check()
    page.reload()
    assert page.get_by_label("Blur").input_value() == "36"
    assert blur(page, 0) == "blur(36px) grayscale(1)"
    page.locator(".picture:has(img)").first.click()
    assert blur(page, 0) == "grayscale(1)"


def test_without_scripts_pictures_are_blurred_and_can_be_revealed(windows: Windows) -> None:
    page = windows.open("/queue", java_script_enabled=False)
    reveal = page.locator(".picture:has(img) .reveal").first
    reveal.check()
    expect(reveal).to_be_checked()
    page.get_by_label("Tier").select_option("high")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**/queue?tier=high*")


def test_a_filter_is_applied_as_it_is_chosen(windows: Windows) -> None:
    page = windows.open("/queue")
    page.get_by_label("Medium").select_option("video")
    page.wait_for_url("**medium=video**")
    expect(page.get_by_label("Medium")).to_have_value("video")


def test_decisions_by_keyboard_are_stored_and_can_be_taken_back(
    windows: Windows, dashboard: Dashboard
) -> None:
    page = windows.open_signed_in("/queue")
    total = int(page.locator("#total").inner_text())
    first, second = (page.locator(f"#upload-{key}") for key in dashboard.waiting[:2])
    page.keyboard.press("j")
    page.keyboard.press("s")
    expect(second).to_be_focused()
    expect(first).to_have_attribute("data-outcome", "Out of scope")
    expect(page.locator("#total")).to_have_text(str(total - 1))
    page.keyboard.press("o")
    expect(page.get_by_role("status")).to_contain_text("OK: File:")
    assert dashboard.outcomes() == {dashboard.waiting[0]: "scope", dashboard.waiting[1]: "ok"}
    for left in (1, 0):
        page.keyboard.press("u")
        expect(page.get_by_role("status")).to_contain_text("Taken back")
        expect(page.locator("#total")).to_have_text(str(total - left))
    assert dashboard.outcomes() == {}
    expect(first).to_be_focused()
    page.keyboard.press("u")
    expect(page.get_by_role("status")).to_have_text("There is nothing to take back.")


def test_decisions_without_scripts(windows: Windows, dashboard: Dashboard) -> None:
    key = dashboard.waiting[2]
    page = windows.open_signed_in(f"/queue/{key}", java_script_enabled=False)
    page.get_by_role("button", name="False positive").click()
    page.wait_for_url(f"**/queue/{key}")
    assert dashboard.outcomes() == {key: "false positive"}
    expect(page.get_by_text("You decided: false positive.")).to_be_visible()
    page.get_by_role("button", name="Take it back").click()
    expect(page.get_by_text("taken back")).to_be_visible()
    assert dashboard.outcomes() == {}


def test_a_refusal_is_told(windows: Windows) -> None:
    page = windows.open_signed_in("/queue")
    page.context.clear_cookies()
    page.keyboard.press("j")
    page.keyboard.press("o")
    expect(page.get_by_role("status")).to_contain_text("sign in first")


@pytest.mark.parametrize("medium", ["still", "video"])
def test_a_heat_map_is_made_when_somebody_asks(
    windows: Windows, dashboard: Dashboard, medium: str
) -> None:
    still = next(key for key in dashboard.waiting if ".gif" not in dashboard.title(key))
    page = windows.open(f"/queue/{still}" if medium == "still" else dashboard.path("/queue/VIDEO"))
    page.get_by_role("button", name="Make a heat map").click()
    picture = page.locator(".heat img")
    expect(picture).to_have_attribute("src", re.compile("^data:image/png;base64,"))
    page.get_by_label("Show the heat map clearly").check(force=True)
    expect(page.get_by_text("spoke for that label")).to_be_visible()


def test_the_threshold_is_moved(windows: Windows) -> None:
    page = windows.open("/explorer")
    per_day, right = page.locator("#then-per-day"), page.locator("#then-right")
    before = float(per_day.inner_text())
    line = page.locator("line.at").first
    at = line.get_attribute("x1")
    slider = page.get_by_role("slider", name="Threshold")
    for _ in range(20):
        slider.press("ArrowRight")
    expect(page.locator("#value")).to_have_text("0.900")
    after = float(per_day.inner_text())
    assert 0 < after < before
    assert line.get_attribute("x1") != at
    expect(page.locator("#told")).to_contain_text("worth a look")
    shown = right.inner_text()
    page.reload()  # the address has the threshold
    assert (float(per_day.inner_text()), right.inner_text()) == (after, shown)
    slider.fill("0.7")
    expect(right).to_have_text("not known")


def test_another_rule_has_its_own_threshold(windows: Windows) -> None:
    page = windows.open("/explorer?threshold=0.9")
    page.get_by_label("Medium").select_option("video")
    page.wait_for_url("**medium=video")
    expect(page.locator("#value")).to_have_text("0.800")
