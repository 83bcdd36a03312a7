"""Two people in two browsers, each with a key: they write the same row, and nothing of either is lost."""

from pathlib import Path

from playwright.sync_api import Browser, Page
from serving_parts import serving
from test_browser import browser

from api.core.people import Role
from api.people.users import Users
from graph.model.nodes import Project
from graph.stores import open_store
from loaders.run import load_rows

__all__ = ["browser"]


def enter(browser: Browser, address: str, key: str) -> Page:
    """Return a page of a browser of its own in which somebody has logged in."""
    page = browser.new_context(base_url=address, viewport={"width": 1366, "height": 768}).new_page()
    page.goto("/things/Project/p")
    page.get_by_label("口令").fill(key)
    page.get_by_role("button", name="登录").click()
    page.wait_for_url("**/things/Project/p")
    return page


def test_two_people_write_one_row(browser: Browser, tmp_path: Path) -> None:
    url = f"ladybug://{tmp_path}/g.lbug"
    store = open_store(url)
    load_rows(Project, [{"id": "p", "name": "示例项目", "source": "台账", "stage": "洽谈"}], store)
    store.close()
    users = Users(tmp_path / "users.json")
    keys = {
        name: users.add(name, role)
        for name, role in (("张三", Role.editor), ("李四", Role.editor), ("王五", Role.admin))
    }
    with serving(url, LIANZHANG_USERS=str(users.path)) as served:
        address = f"http://127.0.0.1:{served.port}"
        first, second = (enter(browser, address, keys[name]) for name in ("张三", "李四"))
        for page in (first, second):
            page.get_by_role("link", name="修改").click()
        first.get_by_label("阶段").select_option("签约")
        first.get_by_label("为什么改").fill("电话核实")
        first.get_by_role("button", name="保存").click()
        first.wait_for_url("**/things/Project/p")
        assert "张三" in first.inner_text("dl.facts")
        second.get_by_label("阶段").select_option("终止")
        second.get_by_label("说明").fill("资金没有到位")
        second.get_by_role("button", name="保存").click()
        alert = second.get_by_role("alert")
        assert "张三" in alert.inner_text()
        assert "现在是：签约" in second.inner_text("form.edit")
        assert second.get_by_label("阶段").input_value() == "终止"
        assert second.get_by_label("说明").input_value() == "资金没有到位"
        second.get_by_role("button", name="保存").click()
        second.wait_for_url("**/things/Project/p")
        facts = second.inner_text("dl.facts")
        assert "终止" in facts
        assert "资金没有到位" in facts
        assert second.goto("/audit").status == 403  # type: ignore[union-attr]
        boss = enter(browser, address, keys["王五"])
        boss.goto("/audit")
        told = boss.inner_text("#table-audit")
        assert "阶段：洽谈 → 签约" in told
        assert "阶段：签约 → 终止" in told
        assert "被拒" in told
        boss.get_by_role("button", name="退出登录").click()
        boss.wait_for_url("**/login")
        assert boss.goto("/audit").status == 401  # type: ignore[union-attr]
        for page in (first, second, boss):
            page.context.close()
