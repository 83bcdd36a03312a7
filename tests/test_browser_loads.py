"""The page 载入 in a real browser: drop, name columns, look, confirm, take back; narrow, in the dark, without a mouse."""

import json
import os
import time
from pathlib import Path

from playwright.sync_api import Browser, FilePayload, Page
from serving_parts import serving
from test_browser import FEWER, OUT, browser, grave
from test_loads import picture

from benchmarks.editions import DAYS, PRODUCTS_HEAD, SOURCE, make_editions
from benchmarks.loading import SEEDS, Readers
from graph.model.nodes import Enterprise
from graph.stores import open_store
from loaders.run import load

__all__ = ["browser"]

ROOT = Path(__file__).resolve().parent.parent
DROP = """([text, name]) => {
  const files = new DataTransfer();
  files.items.add(new File([text], name, {type: 'text/csv'}));
  document.querySelector('.drop').dispatchEvent(new DragEvent('drop', {dataTransfer: files, bubbles: true, cancelable: true}));
}"""
LIST = "单位,统一社会信用代码,片区,联系人\n示例甲公司,,崂山区,示例某\n示例乙公司,123,城阳区,示例某\n,,崂山区,\n"


def a_file(name: str, content: bytes) -> FilePayload:
    """A file as the field of a form takes it."""
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def watched(browser: Browser, address: str) -> tuple[Page, list[str]]:
    """A page, and what goes wrong in it."""
    context = browser.new_context(base_url=address, viewport={"width": 1366, "height": 768}, bypass_csp=True)
    page, problems = context.new_page(), list[str]()
    page.on("console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None)
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: problems.append(request.url) if "//127.0.0.1" not in request.url else None)
    return page, problems


def looked_at(page: Page, name: str) -> None:
    """Nothing scrolls sideways and axe finds nothing serious, narrow and dark, wide and light."""
    page.screenshot(path=OUT / f"{name}.png", full_page=True)
    page.set_viewport_size({"width": 390, "height": 844})
    page.screenshot(path=OUT / f"{name}-390.png", full_page=True)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), name
    page.evaluate(FEWER)
    found = grave(page, "dark")
    page.set_viewport_size({"width": 1366, "height": 768})
    assert found + grave(page, "light") == [], name
    page.emulate_media(color_scheme="light")


def test_a_list_is_dropped_named_seen_confirmed_and_taken_back(browser: Browser, tmp_path: Path) -> None:
    with serving(f"ladybug://{tmp_path}/g/graph.lbug", LIANZHANG_UPLOADS=str(tmp_path / "uploads")) as served:
        page, problems = watched(browser, f"http://127.0.0.1:{served.port}")
        page.goto("/loads")
        assert "还没有载入过" in page.inner_text("main")
        looked_at(page, "loads-empty")
        page.goto("/loads")
        page.evaluate(DROP, [LIST, "示例名单.csv"])
        page.get_by_text("示例名单.csv（").wait_for()
        page.get_by_label("来源", exact=True).fill("示例名单")
        page.get_by_label("哪天的").fill("2026-11")
        page.get_by_role("button", name="上传并预览").click()
        page.wait_for_url("**/loads/2*")
        page.get_by_role("heading", name="2　认列").wait_for(timeout=60_000)
        looked_at(page, "load-preview")
        page.reload()
        heads = page.locator("table.columns tbody tr td:first-child").all_text_contents()
        assert {*heads} == {"单位", "统一社会信用代码", "片区", "联系人"}
        assert page.get_by_label("来源", exact=True).input_value() == "示例名单 2026-11"
        assert page.get_by_role("button", name="确认载入").count() == 0  # nobody knows yet what it is
        page.get_by_label("“单位”认成").select_option("name")
        page.get_by_label("“片区”认成").select_option("address")
        page.locator("details.rest summary").click()
        page.get_by_label("“联系人”的用处").fill("回访")
        page.get_by_role("button", name="照这样重新预览").click()
        page.get_by_role("heading", name="2　认列").wait_for(timeout=60_000)
        assert page.get_by_label("“片区”认成").input_value() == "address"
        looked_at(page, "load-named")
        page.reload()
        address = page.url
        page.goto("/loads")  # the browser was closed: where it stands is found again
        page.locator("#open").get_by_role("link", name="示例名单.csv").click()
        page.wait_for_url(address)
        page.get_by_role("button", name="确认载入").click()
        page.locator("h1 .kind", has_text="已载入").wait_for(timeout=60_000)
        looked_at(page, "load-done")
        page.goto("/loads")
        row = page.locator("#table-loads tbody tr")
        assert row.count() == 1
        assert "示例名单 2026-11" in row.inner_text()
        looked_at(page, "loads")
        page.goto("/loads")
        row.get_by_role("link", name="撤回").click()
        assert "回到没有载入它的样子" in page.inner_text("#back")
        page.locator("#back").get_by_label("为什么").fill("试一试")
        page.locator("#back").get_by_role("button", name="撤回").click()
        page.locator("h1 .kind", has_text="已撤回").wait_for(timeout=60_000)
        page.goto("/loads")
        assert "已撤回" in row.inner_text()
        assert row.get_by_role("link", name="撤回").count() == 0
        assert problems == []
        page.context.close()


def test_the_forms_do_without_scripts_and_say_what_is_wrong(browser: Browser, tmp_path: Path) -> None:
    own = {"LIANZHANG_UPLOADS": str(tmp_path / "uploads"), "LIANZHANG_UPLOAD_MB": "1"}
    with serving(f"ladybug://{tmp_path}/g/graph.lbug", **own) as served:
        context = browser.new_context(base_url=f"http://127.0.0.1:{served.port}", java_script_enabled=False)
        page = context.new_page()
        page.goto("/loads")
        page.locator("input[type=file]").set_input_files(a_file("名单.csv", LIST.encode()))
        page.get_by_label("来源", exact=True).fill("示例名单")
        page.get_by_role("button", name="上传并预览").click()
        page.wait_for_url("**/loads/2*")
        page.get_by_role("heading", name="2　认列").wait_for(timeout=60_000)  # the page asks again by itself
        page.get_by_role("button", name="取消，不载入").click()
        page.wait_for_url("**/loads")
        assert page.locator("#open").count() == 0
        context.close()

        page, problems = watched(browser, f"http://127.0.0.1:{served.port}")
        page.goto("/loads")
        page.locator("input[type=file]").set_input_files(a_file("大.csv", b"a" * (2 << 20)))
        assert "超过 1 MB" in page.inner_text("#sent")
        page.locator("input[type=file]").evaluate("(input) => input.setCustomValidity('')")
        page.locator("input[type=file]").set_input_files(a_file("名单.csv", LIST.encode()))
        page.get_by_label("哪天的").fill("2026-11")
        page.get_by_role("button", name="上传并预览").click()
        page.locator("#sent", has_text="写了日期，没有写来源").wait_for()
        assert [text for text in problems if "422" not in text] == []
        page.context.close()


def dropped(page: Page, path: Path, source: str, day: str) -> None:
    """A file is chosen, with what is said of it, and looked at until it is to be confirmed."""
    page.goto("/loads")
    page.locator("input[type=file]").set_input_files(path)
    page.get_by_label("来源", exact=True).fill(source)
    page.get_by_label("哪天的").fill(day)
    page.get_by_role("button", name="上传并预览").click()
    page.wait_for_url("**/loads/2*")
    page.get_by_role("heading", name="3　预览").wait_for(timeout=600_000)


def confirmed(page: Page) -> str:
    """What is seen is confirmed; returned is its address once it is loaded."""
    page.get_by_role("button", name="确认载入").click()
    page.locator("h1 .kind", has_text="已载入").wait_for(timeout=600_000)
    return page.url


def test_an_export_of_twenty_thousand_firms_and_its_next_edition(browser: Browser, tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/g/graph.lbug"
    store = open_store(url)
    assert not load([ROOT / "seeds" / part for part in SEEDS], store).bad
    made = make_editions(tmp_path / "in")
    with serving(url, LIANZHANG_UPLOADS=str(tmp_path / "uploads")) as served:
        page, problems = watched(browser, f"http://127.0.0.1:{served.port}")
        dropped(page, made.coverage, "示例摸底", "2026-06")
        confirmed(page)
        before = picture(store)

        busy, began = max(1.0, os.getloadavg()[0]), time.monotonic()
        with Readers(served.port) as readers:
            readers.during = "loading"
            dropped(page, made.first, SOURCE, DAYS[0])
            page.get_by_label(f"“{PRODUCTS_HEAD}”认成").select_option("products")
            page.get_by_role("button", name="照这样重新预览").click()
            page.get_by_role("heading", name="3　预览").wait_for(timeout=600_000)
            assert "新 20,000" in page.inner_text(".verdict")
            page.screenshot(path=OUT / "load-20000.png", full_page=True)
            first = confirmed(page)
        spent = time.monotonic() - began
        told = {"seconds": round(spent, 1), "load of the machine": busy, **readers.figures("loading")}
        (OUT / "load-20000.json").write_text(json.dumps(told), "utf-8")
        assert spent < 60 * busy, told  # a machine that is shared is no defect
        assert not readers.wrong
        assert len(store.nodes(Enterprise)) > 20_000

        dropped(page, made.second, SOURCE, DAYS[1])
        figures = page.locator("dl.counts dd").all_inner_texts()
        assert (figures[0], figures[4]) == (f"{made.new:,}", f"{made.gone:,}")
        assert int(figures[5]) > 10
        flips = page.inner_text("#table-flips")
        assert "强链" in flips
        assert "缺链" in flips
        assert "家变为 0 家" in flips
        page.screenshot(path=OUT / "load-edition.png", full_page=True)
        second = confirmed(page)

        page.goto(first)
        assert "请先撤回那一期" in page.inner_text("#back")
        for address in (second, first):
            page.goto(address)
            page.locator("#back").get_by_role("button", name="撤回").click()
            page.locator("h1 .kind", has_text="已撤回").wait_for(timeout=600_000)
        assert picture(store) == before
        assert problems == []
        page.context.close()
    store.close()
