"""The page 上链审核 in a real browser: firms placed, judged by keys and by ticks, taken back, and not asked again."""

from pathlib import Path

from playwright.sync_api import Browser
from serving_parts import serving
from test_browser import browser
from test_browser_loads import looked_at, watched
from test_placing import firm

from graph.model.nodes import Enterprise
from graph.stores import open_store
from loaders.run import load, load_rows

__all__ = ["browser"]

ROOT = Path(__file__).resolve().parent.parent
SCOPES = (
    "轮胎制造",
    "啤酒生产；预包装食品销售",
    "软件开发；信息系统集成服务",
    "集成电路设计",
    "普通货物道路运输；仓储服务",
    "物业管理",
)


def rows(count: int) -> list[dict[str, str | None]]:
    return [firm(f"f{number}", SCOPES[number % len(SCOPES)]) for number in range(count)]


def test_firms_are_placed_judged_and_not_asked_again(browser: Browser, tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/g/graph.lbug"
    store = open_store(url)
    assert not load([ROOT / "seeds" / "taxonomy", ROOT / "seeds" / "qingdao"], store).bad
    assert not load_rows(Enterprise, rows(24), store).bad
    store.close()
    with serving(url) as served:
        page, problems = watched(browser, f"http://127.0.0.1:{served.port}")
        page.goto("/placements")
        assert "还没有把企业放上链" in page.inner_text("main")
        looked_at(page, "placements-empty")
        page.get_by_role("button", name="把图里的企业放上链").click()
        page.locator("#table-review tbody tr").first.wait_for(timeout=120_000)
        assert "20 家企业等审核" in page.inner_text("main")
        looked_at(page, "placements")
        page.goto("/placements")

        first = page.locator("#table-review tbody tr").first
        name = first.locator("a").first.inner_text()
        assert page.locator(".firm-card:visible h2").inner_text() == name
        assert page.locator(".firm-card:visible mark").count() > 0
        page.keyboard.press("j")
        page.keyboard.press("j")
        second = page.locator("#table-review tbody tr").nth(1).locator("input").get_attribute("value")
        page.keyboard.press("a")
        page.get_by_text("已采纳 1 项").wait_for()
        assert page.locator(f'#table-review input[value="{second}"]').count() == 0
        page.keyboard.press("u")
        page.get_by_text("已撤销 1 项").wait_for()
        assert page.locator(f'#table-review input[value="{second}"]').count() == 1

        boxes = page.locator("#table-review input[type=checkbox]")
        boxes.nth(0).click()
        boxes.nth(3).click(modifiers=["Shift"])
        ticked = [box.get_attribute("value") for box in page.locator("#table-review input:checked").all()]
        assert len(ticked) == 4
        page.get_by_role("button", name="不收（x）").click()
        page.get_by_text("已不收 4 项").wait_for()
        page.get_by_label("这一页全选").check()
        page.get_by_label("为什么").fill("都走访过")
        judged = {box.get_attribute("value") for box in page.locator("#table-review tbody input").all()}
        left = len(judged)
        page.get_by_role("button", name="采纳（a）").click()
        page.get_by_text(f"已采纳 {left} 项").wait_for()
        page.goto("/placements?state=不收")
        assert {box.get_attribute("value") for box in page.locator("#table-review input[type=checkbox]").all()} == {
            *ticked
        }
        assert problems == []

    store = open_store(url)
    changed = [*rows(24)[1:], firm("f0", "轮胎制造；橡胶制品制造")]
    assert not load_rows(Enterprise, changed, store).bad
    store.close()
    with serving(url) as served:
        page, problems = watched(browser, f"http://127.0.0.1:{served.port}")
        page.goto("/placements")
        page.get_by_role("button", name="重新推断").click()
        page.wait_for_url("**/placements*")
        page.goto("/placements")
        asked = {box.get_attribute("value") for box in page.locator("#table-review input[type=checkbox]").all()}
        again = asked & {*judged, *ticked}
        assert {str(id).partition("~")[0] for id in again} <= {"f0"}  # whose register says something else
        assert problems == []
