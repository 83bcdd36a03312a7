"""A leader's parts list of 500 rows by the page 载入 to its 本地配套率, in a real browser."""

import csv
import io
import json
import os
import time
from pathlib import Path

from playwright.sync_api import Browser
from serving_parts import serving
from share_parts import with_city
from test_browser import OUT, browser
from test_browser_loads import a_file, looked_at, watched

from graph.stores import open_store

__all__ = ["browser"]

HEADS = ["层级", "物料名称", "单台用量", "年采购额(万元)", "供应商", "产地"]
PLACES = ("青岛市", "胶州", "江苏苏州", "进口", "")  # by turns: of five parts two are local, two not, one is not known
ASSEMBLIES, EACH = 20, 24  # 20 lines with 24 beneath each are 500


def made_rows() -> list[list[object]]:
    rows: list[list[object]] = []
    for assembly in range(ASSEMBLIES):
        rows.append([1, f"示例总成{assembly + 1}", 1, "", "", ""])
        for part in range(EACH):
            number = assembly * EACH + part
            place = PLACES[number % len(PLACES)]
            rows.append([2, f"示例零件{number + 1}", 1, 10, f"示例{number % 37}厂" if place else "", place])
    return rows


def test_five_hundred_rows_by_page_to_their_share(browser: Browser, tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/g/graph.lbug"
    store = open_store(url)
    with_city(store, tmp_path / "city")
    store.close()
    rows = made_rows()
    assert len(rows) == 500
    text = io.StringIO()
    csv.writer(text).writerows([HEADS, *rows, ["", "合计", "", 4800, "", ""]])
    with serving(url, LIANZHANG_UPLOADS=str(tmp_path / "uploads")) as served:
        page, problems = watched(browser, f"http://127.0.0.1:{served.port}")
        page.goto("/enterprises/lead/local-share")
        assert "还没有零件清单" in page.inner_text("main")
        looked_at(page, "local-share-empty")

        busy, began = max(1.0, os.getloadavg()[0]), time.monotonic()
        page.goto("/loads")
        page.locator("input[type=file]").set_input_files(a_file("示例冰箱零件清单.csv", text.getvalue().encode()))
        page.get_by_label("来源", exact=True).fill("示例冰箱零件清单")
        page.get_by_label("哪天的").fill("2026-06")
        page.get_by_role("button", name="上传并预览").click()
        page.wait_for_url("**/loads/2*")
        page.get_by_role("heading", name="2　认列").wait_for(timeout=600_000)
        page.get_by_label("这是哪一类表").select_option("parts")
        page.get_by_label("哪家链主的").fill("示例链主")
        page.get_by_role("button", name="照这样重新预览").click()
        page.get_by_role("heading", name="3　预览").wait_for(timeout=600_000)
        page.get_by_role("button", name="确认载入").click()
        page.locator("h1 .kind", has_text="已载入").wait_for(timeout=600_000)
        page.get_by_role("link", name="看 示例链主 的本地配套率").click()
        page.locator("#share").wait_for(timeout=600_000)
        spent = time.monotonic() - began
        told = {"seconds": round(spent, 1), "load of the machine": busy}
        (OUT / "local-share.json").write_text(json.dumps(told), "utf-8")
        assert spent < 30 * busy, told  # a machine that is shared is no defect

        bars = page.locator(".share-bar")
        assert bars.locator("b").all_inner_texts() == ["40%–60%", "40%–60%"]
        assert "没问过 96 件" in bars.first.inner_text()
        assert "外地 1,920 万元" in bars.nth(1).inner_text()
        bars.first.get_by_role("link", name="外地 192 件").click()
        assert page.url.endswith("#outside")
        assert page.locator("#outside tbody tr").count() == 100
        page.locator("#outside").get_by_role("link", name="全部 192 行").click()
        assert "共 192 行" in page.inner_text("main")
        page.go_back()
        looked_at(page, "local-share")
        page.goto("/chains/cold/local-share")
        assert "示例次链主股份有限公司" in page.inner_text("main")
        looked_at(page, "local-share-chain")
        assert problems == []
        page.context.close()
