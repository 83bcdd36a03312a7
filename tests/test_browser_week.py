"""The first page and a chain's page in a real browser: how many clicks to why, to whom, to what if; what is above the
fold; one segment in both halves."""

import json
from urllib.parse import parse_qs, unquote, urlsplit

from playwright.sync_api import Browser, Page
from test_browser import OUT, browser, page

__all__ = ["browser", "page"]

CHIPS = "/chains/integrated-circuits"


def home(page: Page) -> None:
    """Open the first page, and wait for it to be worked out where that takes a while."""
    page.request.get("/api/v1/gaps?top=1")
    page.goto("/")
    page.locator("#table-pressing tr.gap").first.wait_for()


def test_clicks_from_the_first_page(page: Page) -> None:
    home(page)
    gap = page.request.get("/api/v1/gaps?top=1").json()["gaps"][0]
    first = page.locator("#table-pressing tr.gap").first
    box = first.bounding_box()
    assert box
    assert box["y"] + box["height"] <= 768  # the worst gap: no click
    assert gap["product"]["name"] in first.inner_text()
    page.screenshot(path=OUT / "week.png", full_page=True)

    first.get_by_role("link", name="为什么").click()  # why: one click
    page.wait_for_url("**/certificate?**")
    assert gap["product"]["name"] in page.locator("h1").inner_text()
    page.go_back()

    page.locator("#table-pressing tr.gap").first.get_by_role("link", name="找企业").click()  # who could: one click
    page.wait_for_url("**/match?**")
    assert page.locator("main input[name=need]").input_value() == gap["product"]["name"]
    page.go_back()

    page.locator("#table-pressing tr.gap").first.get_by_role("link", name="假如").click()  # what if: one, filled in
    page.wait_for_url("**/what-if?**")
    assert gap["product"]["name"] in page.locator("input[name=land]").first.input_value()
    page.locator(".told").wait_for()


def test_picture_and_gaps_stand_side_by_side_above_the_fold(page: Page) -> None:
    page.goto(CHIPS)
    picture, gaps = page.locator(".map-half .map").bounding_box(), page.locator(".gaps-half").bounding_box()
    assert picture
    assert gaps
    assert picture["y"] + picture["height"] <= 768
    assert gaps["x"] >= picture["x"] + picture["width"]
    assert page.locator(".gaps-half tr.gap").first.is_visible()
    assert page.locator("#picture-canvas").count() == 0
    page.get_by_role("link", name="展开图谱", exact=True).first.click()
    page.locator("#picture-canvas canvas").first.wait_for(state="attached")


def test_a_click_on_a_segment_changes_both_halves_and_the_address(page: Page) -> None:
    page.goto(CHIPS)
    whole = page.locator(".gaps-half tr.of").count()
    page.evaluate("window.stays = true")
    card = page.locator(".map a.card-of.look-missing").first
    id = card.get_attribute("data-segment")
    name = card.locator("b").inner_text()
    card.click()
    page.locator(".gaps-half h2").get_by_text(name, exact=True).wait_for()
    assert parse_qs(urlsplit(page.url).query)["segment"] == [id]
    assert page.locator(".map a.card-of[aria-current=true]").get_attribute("data-segment") == id
    assert page.locator(".map path.feeds.hot").count() > 0
    assert page.evaluate("window.stays")  # the page was not left
    page.screenshot(path=OUT / "chain-one-segment.png")
    page.go_back()
    page.locator(".gaps-half h2").get_by_text("这条链缺什么").wait_for()
    assert page.locator(".gaps-half tr.of").count() == whole

    page.locator(".map a.card-of").first.focus()
    page.keyboard.press("ArrowRight")
    reached = page.evaluate("document.activeElement.dataset.segment")
    assert reached != page.locator(".map a.card-of").first.get_attribute("data-segment")
    page.keyboard.press("Enter")
    page.wait_for_url("**segment=**")
    assert unquote(parse_qs(urlsplit(page.url).query)["segment"][0]) == reached


def test_without_scripts_a_segment_is_a_link_to_the_same_view(browser: Browser, live_url: str) -> None:
    context = browser.new_context(java_script_enabled=False, base_url=live_url)
    bare = context.new_page()
    bare.goto(CHIPS)
    name = bare.locator(".map a.card-of.look-missing b").first.inner_text()
    bare.locator(".map a.card-of.look-missing").first.click()
    assert bare.locator(".gaps-half h2").inner_text() == name
    context.close()


def test_on_a_phone_the_gaps_come_first_and_segments_are_cards(page: Page) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(CHIPS)
    gaps, cards = page.locator(".gaps-half").bounding_box(), page.locator(".cards-of").bounding_box()
    assert gaps
    assert cards
    assert gaps["y"] < cards["y"]
    assert not page.locator(".map").is_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    home(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    meters = page.locator(".strips .meter").first
    assert meters.is_visible()


def test_what_json_says_is_what_the_first_page_shows(page: Page) -> None:
    home(page)
    answer = json.loads(page.request.get("/api/v1/gaps?top=14").text())
    names = page.locator("#table-pressing tr.gap td:nth-child(2) a").all_inner_texts()
    assert sorted(names) == sorted(gap["product"]["name"] for gap in answer["gaps"])
    assert page.locator(".strips li").count() == len(answer["chains"])
    assert answer["verdict"] == page.locator(".title-row .lead").inner_text()
