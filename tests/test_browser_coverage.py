"""The page 摸底 in a real browser: a tick is kept, seen on the chain's page and taken back; a list is told a census."""

from pathlib import Path

from gap_parts import firm, put
from playwright.sync_api import Browser
from serving_parts import serving
from test_browser import browser
from test_browser_loads import a_file, looked_at, watched

from graph.stores import open_store

__all__ = ["browser"]

LIST = "企业名称,所在区域,主要产品\n示例箔材有限公司,示例区,箔材\n示例箔业有限公司,示例区,箔材\n".encode()


def test_what_was_looked_for_is_ticked_and_a_list_is_told_a_census(browser: Browser, tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/g/graph.lbug"
    store = open_store(url)
    put(store, tmp_path, enterprises=[firm("A", products="car"), firm("B", segments="demo.raw")])
    store.close()
    with serving(url, LIANZHANG_UPLOADS=str(tmp_path / "uploads")) as served:
        page, problems = watched(browser, f"http://127.0.0.1:{served.port}")
        page.goto("/coverage")
        assert "0/3 个环节、0/5 种产品查过" in page.inner_text("main")
        looked_at(page, "coverage")
        page.get_by_role("link", name="原料").click()
        page.wait_for_url("**/chains/demo/coverage#demo.raw")
        looked_at(page, "coverage-chain")
        page.goto("/chains/demo/coverage?place=ore")
        page.get_by_label("怎样查的").fill("逐家走访")
        page.get_by_label("怎样查的").press("Enter")  # keeps nothing
        assert page.get_by_label("怎样查的").input_value() == "逐家走访"
        page.get_by_role("button", name="矿石：查过没有").click()
        page.get_by_text("已登记：矿石 查过没有").wait_for()
        assert page.get_by_role("button", name="矿石：查过没有").get_attribute("aria-pressed") == "true"
        assert "本机用户，逐家走访" in page.inner_text("main")
        looked_at(page, "coverage-ticked")
        page.goto("/chains/demo/graph")
        assert "缺链" in page.locator("#gap-products tbody tr", has_text="矿石").inner_text()
        page.go_back()
        page.get_by_role("button", name="撤销").click()
        page.get_by_role("button", name="矿石：没查过").wait_for(state="detached")
        page.goto("/chains/demo/graph")
        assert page.locator("#gap-products").count() == 0

        page.goto("/loads")
        page.locator("input[type=file]").set_input_files([a_file("示例名单.csv", LIST)])
        page.get_by_label("来源", exact=True).fill("示例名单 2026-11")
        page.get_by_role("button", name="上传并预览").click()
        page.get_by_role("heading", name="2　认列").wait_for(timeout=60_000)
        page.locator("details.census summary").click()
        page.get_by_label("查全了什么").fill("原料")
        page.get_by_label("哪里的").fill("示例城")
        page.locator('input[name="census:2"]').fill("2026-11")
        page.get_by_role("button", name="照这样重新预览").click()
        page.get_by_text("这份名单是普查：原料").wait_for(timeout=60_000)
        looked_at(page, "load-census")
        page.reload()
        page.get_by_role("button", name="确认载入").click()
        page.locator("h1 .kind", has_text="已载入").wait_for(timeout=60_000)
        page.goto("/chains/demo/coverage")
        assert "1/3 个环节" in page.inner_text("main")
        assert problems == []
        page.context.close()
