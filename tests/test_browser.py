"""A real Chromium opens the pages: nothing is asked of any other machine, nothing fails, and the pictures are there."""

import os
import shutil
from base64 import b64encode
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright
from test_colours import contrast, luminance
from test_pictures import FIRM, SMALL, STATES, make_chain, make_edge
from view_parts import under

from api.pictures.layout import TIERS
from benchmarks.pictures import AGAIN, READABLE, WATCH, make_firm
from graph.stores import Store
from queries.things.chains import list_chains

OUT = Path(__file__).parent.parent / "test-output"
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync")  # fmt: skip
# A page of each kind.
KINDS = (
    "/", "/gaps", "/chains", "/stock", "/stock?view=table", "/chains/integrated-circuits", "/chains/integrated-circuits?segment=integrated-circuits.materials",
    "/chains/integrated-circuits/graph", "/chains/integrated-circuits/records", "/chains/integrated-circuits?table=products", "/chains/integrated-circuits/desk",
    "/chains/integrated-circuits/targets", "/chains/smart-appliances/opportunities", "/chains/integrated-circuits/what-if",
    "/chains/integrated-circuits/certificate?place=integrated-circuits.design", "/enterprises", "/enterprises/ent-4bf158ab9a7ab565", "/enterprises/ent-703f51fbae8c38a6", "/review",
    "/match", "/match?need=压缩机", "/portfolio", "/ledger", "/projects", "/leaders", "/needs", "/dashboard", "/clusters", "/events",
    "/figures", "/loads", "/sources", "/sources/curated-2026", "/about", "/rules", "/audit", "/search?q=海尔", "/no-such",
    "/things/Project/prj-sailun-superfactory", "/edit/Project/prj-sailun-superfactory",
)  # fmt: skip
OVERLAPS = """() => {
  const {network, nodes} = window.lianzhang;
  const boxes = nodes.get({filter: (node) => node.kind !== 'bend'}).map((node) => [node.id, network.getBoundingBox(node.id)]);
  const found = [];
  boxes.forEach(([a, one], index) => boxes.slice(index + 1).forEach(([b, other]) => {
    const beside = one.right - 3 <= other.left + 3 || other.right - 3 <= one.left + 3;
    const apart = beside || one.bottom - 3 <= other.top + 3 || other.bottom - 3 <= one.top + 3;
    if (!apart) found.push([a, b]);
  }));
  return found;
}"""

PAINTED = """{
  window.painted = new Set();
  const paint = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, ...where) {
    window.painted.add(text.trim());
    return paint.call(this, text, ...where);
  };
}"""


PRODUCTS_ARE_DRAWN = """() => new Promise((done) => {
  const look = () => window.lianzhang.nodes.get({ filter: (node) => node.kind === "product" }).length ? done() : requestAnimationFrame(look);
  look();
})"""  # what Playwright waits for itself it evaluates as text, which the pages' policy forbids


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """The machine's Chromium."""
    path = next((found for name in NAMES if (found := shutil.which(name))), None)
    if path is None:
        message = "没有找到 chromium,请先安装(apt-get install chromium fonts-noto-cjk)"
        if os.environ.get("LIANZHANG_REQUIRE_BROWSER"):
            pytest.fail(message)
        pytest.skip(message)
    OUT.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=path, args=list(ARGS))
        yield running
        running.close()


@pytest.fixture
def page(browser: Browser, live_url: str) -> Iterator[Page]:
    """A page that fails the test for a request to elsewhere, an error in the console, or an error in a script."""
    shown = browser.new_page(viewport={"width": 1366, "height": 768}, accept_downloads=True, base_url=live_url)
    problems: list[str] = []
    shown.on("request", lambda request: _check(request.url, problems))
    shown.on("console", lambda message: problems.append(message.text) if message.type in ("error", "warning") else None)
    shown.on("pageerror", lambda error: problems.append(str(error)))
    yield shown
    shown.close()
    assert not problems


def _check(url: str, problems: list[str]) -> None:
    if urlsplit(url).scheme not in ("data", "blob") and urlsplit(url).hostname != "127.0.0.1":
        problems.append(f"asked another machine: {url}")


def open_chain(page: Page, id: str) -> None:
    """Open a chain's page and wait for its picture."""
    page.goto(f"/chains/{quote(id, safe='')}/graph")
    page.locator("#picture-canvas canvas").first.wait_for(state="attached")


def test_the_stock_of_the_graph(page: Page) -> None:
    page.goto("/stock")
    assert page.locator(".card").count() == 24
    page.screenshot(path=OUT / "chains.png", full_page=True)
    page.get_by_text("表格", exact=True).click()
    page.get_by_role("button", name="企业", exact=True).click()
    numbers = page.locator("#table-chains tbody tr td:nth-child(4)").evaluate_all(
        "cells => cells.map((cell) => Number(cell.dataset.sort))"
    )
    assert numbers == sorted(numbers)
    page.screenshot(path=OUT / "chains-table.png")


def test_a_chain_is_drawn_and_tells_about_a_segment(page: Page) -> None:
    open_chain(page, "new-energy-vehicles")
    page.screenshot(path=OUT / "chain.png")
    segment = "s|new-energy-vehicles.battery"
    spot = page.evaluate(
        "id => { const {network} = window.lianzhang; return network.canvasToDOM(network.getPosition(id)); }", segment
    )
    box = page.locator("#picture-canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + spot["x"], box["y"] + spot["y"])
    panel = page.locator("#picture-panel")
    assert panel.locator("h3").inner_text() == "动力电池与电池管理"
    assert panel.locator(".status").count() > 3
    assert "来源" in panel.inner_text()
    page.mouse.dblclick(box["x"] + spot["x"], box["y"] + spot["y"])
    page.evaluate(PRODUCTS_ARE_DRAWN)
    page.screenshot(path=OUT / "chain-segment.png")
    assert page.evaluate(OVERLAPS) == []


def test_a_segment_tells_the_parts_of_its_score(page: Page) -> None:
    open_chain(page, "integrated-circuits")
    spot = page.evaluate(
        "() => { const {network} = window.lianzhang; return network.canvasToDOM(network.getPosition('s|integrated-circuits.materials')); }"
    )
    box = page.locator("#picture-canvas").bounding_box()
    assert box
    page.mouse.click(box["x"] + spot["x"], box["y"] + spot["y"])
    panel = page.locator("#picture-panel")
    assert panel.locator(".judged .state").inner_text() == "弱链"
    points = [float(text.split(" / ")[0]) for text in panel.locator(".parts td.number").all_inner_texts()]
    assert len(points) == 8
    assert round(sum(points[:-1]), 2) == points[-1] == float(panel.locator(".judged-head b").inner_text())
    widths = panel.locator(".parts .fill").evaluate_all("bars => bars.map((bar) => Number(bar.getAttribute('width')))")
    assert all(0 <= width <= 100 for width in widths)
    page.screenshot(path=OUT / "chain-gap.png")
    fills = "() => window.lianzhang.nodes.get('s|integrated-circuits.materials').color.background"
    by_state = page.evaluate(fills)
    page.get_by_label("上中下游", exact=True).check()
    assert page.evaluate(fills) != by_state
    page.get_by_label("断点状态", exact=True).check()
    assert page.evaluate(fills) == by_state
    panel.get_by_role("link", name="为什么").click()
    page.wait_for_url("**/certificate?place=*")
    assert "：晶圆制造材料" in page.locator("h1").inner_text()


def test_a_certificate_prints_and_downloads(page: Page, browser: Browser) -> None:
    page.goto("/chains/integrated-circuits/certificate?place=integrated-circuits.materials")
    page.screenshot(path=OUT / "certificate.png", full_page=True)
    assert page.pdf(path=OUT / "certificate.pdf", prefer_css_page_size=True)[:5] == b"%PDF-"
    page.emulate_media(media="print")
    assert not page.locator("header.site").is_visible()
    assert not page.get_by_role("button", name="打印").is_visible()
    assert page.locator("#table-candidates .status").first.is_visible()
    assert page.locator(".sheet-foot").is_visible()
    page.emulate_media(media="screen")
    with page.expect_download() as got:
        page.get_by_role("link", name="下载 HTML").click()
    assert got.value.suggested_filename.endswith("-集成电路-晶圆制造材料.html")
    got.value.save_as(OUT / "certificate.html")
    _open_offline(browser, OUT / "certificate.html", "为什么")


def _open_offline(browser: Browser, file: Path, heading: str) -> None:
    """Open a file with the network off; whatever it asks for or complains about fails the test."""
    context = browser.new_context(offline=True)
    shown = context.new_page()
    problems: list[str] = []
    shown.on("request", lambda request: problems.append(request.url) if request.url != file.as_uri() else None)
    shown.on("console", lambda message: problems.append(message.text))
    shown.on("pageerror", lambda error: problems.append(str(error)))
    shown.goto(file.as_uri())
    assert shown.locator("h1").inner_text().startswith(heading)
    assert shown.locator(".block").first.evaluate("block => getComputedStyle(block).borderRadius") == "4px"
    assert shown.pdf()[:5] == b"%PDF-"
    context.close()
    assert not problems


def test_the_what_if_form_takes_more_firms(page: Page) -> None:
    page.goto("/chains/new-energy-vehicles/what-if")
    group = page.get_by_role("group", name="退出的企业")
    group.locator("input").first.fill("示例电池系统")
    group.get_by_role("button", name="再加一家").click()
    assert group.locator("input").count() == 3
    group.locator("input").last.fill("示例电驱动")
    page.get_by_role("group", name="落地的企业").locator("input").first.fill("新企业:车规级碳化硅功率模块")
    page.get_by_role("button", name="推演").click()
    page.wait_for_url("**/what-if?remove=*")
    assert page.locator(".curve polyline").count() == 4
    assert "车规级碳化硅功率模块" in page.locator("#if-closed").inner_text()
    page.screenshot(path=OUT / "what-if.png", full_page=True)


def test_every_chain_is_drawn_without_overlaps(page: Page, seeded_store: Store) -> None:
    for chain in list_chains(under(seeded_store)):
        open_chain(page, chain.id)
        assert page.evaluate(OVERLAPS) == [], chain.id
        page.evaluate("window.lianzhang.setLayer('products', true); window.lianzhang.setLayer('firms', true)")
        assert page.evaluate(OVERLAPS) == [], chain.id


def test_layers_and_downloads(page: Page) -> None:
    open_chain(page, "new-displays")
    page.get_by_label("产品", exact=True).check()
    assert page.evaluate("window.lianzhang.nodes.get({filter: (node) => node.kind === 'product'}).length") > 20
    page.screenshot(path=OUT / "chain-products.png", full_page=True)
    with page.expect_download() as got:
        page.get_by_role("button", name="下载 PNG").click()
    assert got.value.suggested_filename == "新型显示产业链.png"
    got.value.save_as(OUT / "download.png")
    assert (OUT / "download.png").read_bytes()[:4] == b"\x89PNG"
    page.goto("/chains/new-displays/records")
    with page.expect_download() as got:
        page.locator("#segments").get_by_role("link", name="下载 CSV").click()
    text = Path(got.value.path()).read_bytes()
    assert text.startswith(b"\xef\xbb\xbf")
    assert len(text.decode("utf-8-sig").splitlines()) == 1 + page.locator("#table-segments tbody tr").count()


def test_a_csv_cell_is_never_a_formula(page: Page) -> None:
    page.goto("/stock?view=table")
    page.evaluate("document.querySelector('#table-chains tbody td').dataset.csv = '=1+1'")
    with page.expect_download() as got:
        page.get_by_role("button", name="下载 CSV").click()
    assert '"\'=1+1"' in Path(got.value.path()).read_text("utf-8-sig")


def test_the_table_leads_to_the_picture(page: Page) -> None:
    open_chain(page, "new-displays")
    button = page.locator("#table-gap-segments tbody button").first
    button.click()
    assert page.locator("#picture-panel h3").inner_text() == button.inner_text()
    assert page.evaluate("window.lianzhang.network.getSelectedNodes().length") == 1


def test_search_suggests_and_leads_to_a_firm(page: Page) -> None:
    page.goto("/")
    box = page.get_by_role("combobox")
    with page.expect_response(lambda answer: "q=hxsx" in answer.url):  # shorter words are asked about as well
        box.press_sequentially("hxsx")
    page.locator("#suggestions li", has_text="海信视像").first.wait_for()
    page.screenshot(path=OUT / "suggestions.png")
    box.press("ArrowDown")
    box.press("Enter")
    page.wait_for_url("**/enterprises/**")
    assert "海信视像" in page.locator("h1").inner_text()
    page.screenshot(path=OUT / "enterprise.png")
    page.goto("/search?q=hxsx")
    assert "海信视像" in page.locator("main").inner_text()
    page.screenshot(path=OUT / "search.png")


def test_the_published_figures_sort_filter_and_download(page: Page) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="数据").click()
    rows = page.locator("#table-figures tbody tr")
    every = rows.count()
    assert every >= 77
    page.screenshot(path=OUT / "figures.png")
    page.get_by_role("button", name="数值", exact=True).click()
    values = [
        float(value)
        for value in rows.locator("td:nth-child(3)").evaluate_all("cells => cells.map((cell) => cell.dataset.sort)")
        if value
    ]
    assert values == sorted(values)
    page.get_by_label("筛选公布数据").fill("链长制")
    page.get_by_role("button", name="筛选").click()
    page.wait_for_url("**/figures?q=*")
    assert 0 < rows.count() < every
    with page.expect_download() as got:
        page.get_by_role("link", name="下载 CSV").click()
    assert len(Path(got.value.path()).read_text("utf-8-sig").splitlines()) == 1 + rows.count()
    page.screenshot(path=OUT / "figures-filtered.png")


def test_the_panel_leads_to_a_product_and_on_to_its_maker(page: Page) -> None:
    open_chain(page, "new-energy-vehicles")
    page.evaluate("window.lianzhang.select('s|new-energy-vehicles.battery')")
    page.locator("#picture-panel").get_by_role("link", name="动力电池电芯").click()
    page.wait_for_url("**/things/Product/**")
    assert page.locator("h1").inner_text().startswith("动力电池电芯")
    assert page.locator("#in-input-to").get_by_text("必需", exact=True).count() > 0
    page.screenshot(path=OUT / "product.png", full_page=True)
    page.locator("#in-produces tbody a").first.click()
    page.wait_for_url("**/enterprises/**")
    page.goto("/things/Region/3702")
    page.screenshot(path=OUT / "region.png")


def test_a_firm_stands_between_its_suppliers_and_customers(page: Page, seeded_store: Store) -> None:
    busiest: list[dict[str, Any]] = seeded_store.read(
        "MATCH (:Enterprise)-[r:SUPPLIES]->(e:Enterprise) RETURN e.id AS id, count(r.source) AS number ORDER BY number DESC, id LIMIT 1"
    ).rows
    page.goto(f"/enterprises/{quote(busiest[0]['id'], safe='')}?tiers=2")
    page.locator("#picture-canvas canvas").first.wait_for(state="attached")
    assert page.evaluate(OVERLAPS) == []
    assert page.evaluate("window.lianzhang.select(window.lianzhang.data.focus)")
    page.screenshot(path=OUT / "enterprise-supplies.png", full_page=True)


def test_a_drawn_file_opens_without_a_server(browser: Browser, seeded_store: Store) -> None:
    from api.pictures.files import draw_chain
    from queries.gaps.weak_links import weak_links
    from queries.things.chains import view_chain

    file = OUT / "drawn.html"
    view, states = (
        view_chain(under(seeded_store), "smart-appliances"),
        weak_links(under(seeded_store), "smart-appliances"),
    )
    file.write_text(draw_chain(view, {}, states), "utf-8")
    shown = browser.new_page(viewport={"width": 1366, "height": 768})
    problems: list[str] = []
    shown.on(
        "request",
        lambda request: (
            problems.append(request.url) if not request.url.startswith(("file:", "data:", "blob:")) else None
        ),
    )
    shown.on("console", lambda message: problems.append(message.text))
    shown.on("pageerror", lambda error: problems.append(str(error)))
    shown.goto(file.as_uri())
    shown.locator("#picture-canvas canvas").first.wait_for(state="attached")
    assert shown.evaluate("window.lianzhang.select('s|smart-appliances.control')")
    assert shown.locator("#picture-panel .judged").inner_text().startswith("弱链")
    assert shown.locator("#picture-panel a").count() == 0
    shown.screenshot(path=OUT / "drawn.png", full_page=True)
    shown.close()
    assert not problems


def test_names_are_painted_as_they_are(browser: Browser) -> None:
    from api.pictures.files import draw_enterprise
    from queries.core.answers import EnterpriseView, Named, SupplyEdge

    names = ["示例A&B电子", "示例<精密>仪器", "R&D(中", "C++|&[", "&lt;&amp;", "<b>x</b>", "a ∗ˍˋ＼"]
    where = {"status": "sample", "source": "s"}
    firm = Named(id="x", name="示例本厂")
    edges = [
        SupplyEdge(tier=1, supplier=Named(id=f"y{n}", name=name), customer=firm, product="件", **where)
        for n, name in enumerate([*names[:-1], "a *_`\\"])
    ]
    about = {"_label": "Enterprise", "id": "x", "name": "示例本厂", **where}
    file = OUT / "names.html"
    file.write_text(
        draw_enterprise(EnterpriseView(enterprise=about, outgoing=[], incoming=[], statements=[]), edges, []), "utf-8"
    )
    shown = browser.new_page(viewport={"width": 1366, "height": 768})
    problems: list[str] = []
    shown.on("pageerror", lambda error: problems.append(str(error)))
    shown.add_init_script(PAINTED)
    shown.goto(file.as_uri())
    shown.locator("#picture-canvas canvas").first.wait_for(state="attached")
    shown.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    painted = shown.evaluate("[...window.painted]")
    markup = shown.evaluate("new XMLSerializer().serializeToString(window.lianzhang.onPaper()[0])")
    shown.close()
    root = ElementTree.fromstring(markup)  # we wrote it
    written = {"".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")}
    assert (problems, [name for name in names if name not in painted], [*{*names} - written]) == ([], [], [])


# What is written on a canvas: each text, its colour, and the colour of the place where it is about to stand.
WRITTEN = """{
  window.written = [];
  const paint = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
    const paper = document.getElementById("picture-canvas");
    if (text.trim() && paper && paper.contains(this.canvas)) {
      const at = this.getTransform().transformPoint({x: x + 1, y: y - 1});
      const [red, green, blue, alpha] = this.getImageData(Math.round(at.x), Math.round(at.y), 1, 1).data;
      const below = getComputedStyle(paper).backgroundColor.match(/\\d+/g).map(Number);
      const ground = [red, green, blue].map((part, place) => Math.round(part * alpha / 255 + below[place] * (1 - alpha / 255)));
      window.written.push([text.trim(), this.fillStyle, "#" + ground.map((part) => part.toString(16).padStart(2, "0")).join("")]);
    }
    return paint.call(this, text, x, y, ...rest);
  };
}"""
LIGHT = """async (url) => {
  const image = new Image();
  image.src = url;
  await image.decode();
  const copy = new OffscreenCanvas(image.width, image.height).getContext("2d");
  copy.drawImage(image, 0, 0);
  const parts = copy.getImageData(0, 0, image.width, image.height).data;
  return [[...parts.slice(0, 4)], parts.reduce((sum, part) => sum + part, 0) / parts.length];
}"""


def test_a_picture_follows_the_scheme_and_is_white_on_paper(browser: Browser) -> None:
    from api.pictures.files import draw_chain, draw_enterprise

    firm = draw_enterprise(FIRM, [make_edge(1, "y", "x", "供应商")], [make_edge(1, "x", "z", "客户")])
    for name, page in (("chain", draw_chain(SMALL, {}, STATES)), ("firm", firm)):
        file = OUT / f"dark-{name}.html"
        file.write_text(page, "utf-8")
        shown = browser.new_page(viewport={"width": 1366, "height": 768}, color_scheme="dark")
        shown.add_init_script(WRITTEN)
        shown.goto(file.as_uri())
        shown.wait_for_function("window.written.length > 0")
        check_legible(shown, dark=True)
        shown.evaluate("for (const layer of ['products', 'firms']) window.lianzhang.setLayer(layer, true)")
        shown.evaluate("window.lianzhang.select(Object.keys(window.lianzhang.data.facts)[0])")
        check_legible(shown, dark=True)
        shown.screenshot(path=OUT / f"dark-{name}.png")
        with shown.expect_download() as got:
            shown.get_by_role("button", name="下载 PNG").click()
        saved = b64encode(Path(got.value.path()).read_bytes()).decode()
        corner, mean = shown.evaluate(LIGHT, f"data:image/png;base64,{saved}")
        assert corner == [255, 255, 255, 255]
        assert mean > 235
        check_legible(shown, dark=True)  # saving leaves the screen as it was
        shown.evaluate("dispatchEvent(new Event('beforeprint'))")
        check_legible(shown, dark=False)
        shown.evaluate("dispatchEvent(new Event('afterprint'))")
        check_legible(shown, dark=True)
        shown.emulate_media(color_scheme="light")
        shown.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
        check_legible(shown, dark=False)
        shown.close()


def check_legible(shown: Page, *, dark: bool) -> None:
    """Every text of the picture stands out from the ground that it is painted on, and that ground is of the scheme."""
    written = shown.evaluate("{ window.written.length = 0; window.lianzhang.network.redraw(); window.written }")
    assert written
    low = [(*one, round(contrast(*one[1:]), 2)) for one in written if contrast(*one[1:]) < 4.5]
    grounds = [luminance(ground) for text, _, ground in written if text != "本厂"]  # the firm itself stands out
    assert (low, all((ground < 0.15) == dark for ground in grounds)) == ([], True)


@pytest.fixture
def drawn(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open a page that stands alone, and watch what is painted; an error in a script fails the test."""
    problems: list[str] = []
    opened: list[Page] = []

    def show(page: str, width: int = 1366) -> Page:
        file = OUT / f"drawn-{len(opened)}.html"
        file.write_text(page, "utf-8")
        # our policy keeps the scripts that playwright waits with out
        shown = browser.new_page(viewport={"width": width, "height": 768}, bypass_csp=True)
        opened.append(shown)
        shown.on("pageerror", lambda error: problems.append(str(error)))
        shown.add_init_script(WATCH)
        shown.goto(file.as_uri())
        shown.locator("#picture-canvas canvas").first.wait_for(state="attached")
        file.unlink()
        return shown

    yield show
    for shown in opened:
        shown.close()
    assert not problems


def texts_of(shown: Page) -> dict[str, float]:
    """Return every text of the picture that can be seen, with how high it is on the screen."""
    return {text: high for _, high, text in shown.evaluate(AGAIN)}


@pytest.mark.parametrize("firms", [33, 400, 5000])
def test_a_crowded_segment_leaves_the_picture_readable(drawn: Callable[..., Page], firms: int) -> None:
    from api.pictures.files import draw_chain
    from queries.core.answers import Firm

    crowd = [Firm(id=f"x{n}", name=f"示例企业{n:04d}有限公司", status="sample", source="s") for n in range(firms)]
    view = make_chain({f"s{n}": TIERS[n * 3 // 10] for n in range(10)}, [(f"s{n}", f"s{n + 1}") for n in range(9)])
    first = view.segments[0].model_copy(update={"enterprises": crowd})
    shown = drawn(draw_chain(view.model_copy(update={"segments": [first, *view.segments[1:]]})))
    texts = texts_of(shown)
    assert {f"示例s{n}" for n in range(10)} <= texts.keys()
    assert min(texts.values()) >= READABLE
    shown.evaluate("window.lianzhang.toggle('s|s0')")
    assert min(texts_of(shown).values()) >= READABLE
    assert f"另 {firms - 8:,} 家 ▾" in texts_of(shown)
    assert shown.evaluate(OVERLAPS) == []
    shown.evaluate("window.lianzhang.more('m|s|s0')")
    there = "window.lianzhang.nodes.get({filter: (node) => node.kind === 'firm'}).length"
    assert shown.evaluate(there) == min(firms, 32)
    assert shown.locator("#picture-panel .panel-list li").count() == 2 + min(firms, 100) + 1
    shown.screenshot(path=OUT / f"crowded-{firms}.png", full_page=True)


@pytest.mark.parametrize("suppliers", [500, 3_000, 10_000])
def test_very_many_suppliers_are_read_in_groups(drawn: Callable[..., Page], suppliers: int) -> None:
    from api.pictures.files import draw_enterprise

    shown = drawn(draw_enterprise(*make_firm(suppliers, 40)))
    texts = texts_of(shown)
    assert min(texts.values()) >= READABLE
    assert shown.evaluate("window.lianzhang.nodes.length") < 150
    blocks = shown.evaluate(
        "Object.entries(window.lianzhang.data.blocks).map(([id, {count, rows}]) => [id, count, rows.length])"
    )
    assert sum(count for id, count, _ in blocks if id.startswith("s|<")) == suppliers  # each supplies one product
    assert all(count == named for _, count, named in blocks)  # a file names them all
    largest, count, _ = max(blocks, key=lambda block: block[1])
    assert {"示例大链主件00", f"{count:,} 家", f"另 {count - 3:,} 家 ▾"} <= texts.keys()
    shown.evaluate("(id) => window.lianzhang.more('m|' + id)", largest)
    panel = shown.locator("#picture-panel")
    assert panel.locator("h4").first.inner_text() == f"企业 {count:,}"
    shown.evaluate("window.lianzhang.setLayer('firms', true)")
    assert shown.evaluate("window.lianzhang.nodes.get({filter: (node) => node.kind === 'group'}).length") == len(blocks)
    assert min(texts_of(shown).values()) >= READABLE
    shown.screenshot(path=OUT / f"suppliers-{suppliers}.png")


def test_the_wheel_zooms(page: Page) -> None:
    page.set_viewport_size({"width": 1366, "height": 2400})  # nothing has to be scrolled first
    open_chain(page, "integrated-circuits")
    page.locator("#picture-canvas").hover()
    scale = "window.lianzhang.network.getScale()"
    before = page.evaluate(scale)
    page.mouse.wheel(0, -240)
    # the site's policy keeps the scripts that playwright waits with out
    page.evaluate(
        f"(before) => new Promise((done) => {{ const look = () => ({scale} > before ? done() : setTimeout(look)); look(); }})",
        before,
    )
    turned = "document.querySelector('#picture-canvas canvas').dispatchEvent(new WheelEvent('wheel', {deltaY: -240, bubbles: true, cancelable: true}))"
    before = page.evaluate(scale)
    after = page.evaluate(f"() => {{ dispatchEvent(new Event('scroll')); {turned}; return {scale}; }}")
    assert after == before  # a wheel that is scrolling the page goes on doing so


def test_print_and_files_have_the_whole_picture(drawn: Callable[..., Page]) -> None:
    from api.pictures.files import draw_enterprise

    view, suppliers, customers = make_firm(500)
    shown = drawn(draw_enterprise(view, suppliers, customers))
    shown.evaluate("window.lianzhang.setLayer('firms', true)")
    assert len(texts_of(shown)) < 500  # the window shows a part
    shown.evaluate("dispatchEvent(new Event('beforeprint'))")
    told = "(parts) => [...parts].map((part) => part.textContent)"
    names = {f"企业：{edge.supplier.name}" for edge in suppliers}
    sheets = shown.locator(".on-print svg")
    assert sheets.count() > 1
    boxes = (
        "window.lianzhang.nodes.get({filter: (node) => node.kind === 'firm'}).map((node) => node.title.split('\\n')[0])"
    )
    assert names <= set(shown.evaluate(boxes))
    labels = set(
        shown.evaluate("window.lianzhang.nodes.get({filter: (node) => node.kind === 'firm'}).map((node) => node.label)")
    )
    printed = set(sheets.first.locator("text").evaluate_all(told))
    assert len(labels) > 499
    assert {label for label in labels if "*" not in label and "_" not in label} <= printed
    below = shown.evaluate(
        """[...document.querySelectorAll('.on-print svg')].map((svg) => svg.viewBox.baseVal).map(({y, height}) => [y, y + height])"""
    )
    assert all(after[0] < before[1] for before, after in pairwise(below))  # no box falls between two sheets
    shown.evaluate("dispatchEvent(new Event('afterprint'))")
    assert sheets.count() == 0
    with shown.expect_download() as got:
        shown.get_by_role("button", name="SVG").click()
    assert got.value.suggested_filename.endswith(".svg")
    root = ElementTree.fromstring(Path(got.value.path()).read_bytes())  # we wrote it
    texts = {"".join(one.itertext()) for one in root.iter("{http://www.w3.org/2000/svg}text")}
    assert {label for label in labels if "*" not in label and "_" not in label} <= texts
    with shown.expect_download() as got:
        shown.get_by_role("button", name="下载 PNG").click()
    high = int.from_bytes(Path(got.value.path()).read_bytes()[20:24], "big")
    assert high > 2 * float(root.attrib["height"]) - 3  # twice as many dots


def test_a_phone_reads_a_list(drawn: Callable[..., Page]) -> None:
    from api.pictures.files import draw_enterprise

    shown = drawn(draw_enterprise(*make_firm(3_000)), width=390)
    assert not shown.locator("#picture-canvas").is_visible()
    line = shown.locator("#picture-list li").first
    assert line.inner_text().startswith("示例大链主件00")
    line.get_by_role("button").click()
    assert shown.locator("#picture-panel h3").inner_text() == "示例大链主件00"
    assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shown.get_by_role("button", name="看图").click()
    assert shown.locator("#picture-canvas").is_visible()
    assert min(texts_of(shown).values()) >= READABLE
    shown.screenshot(path=OUT / "phone.png", full_page=True)


def test_the_four_lists_of_a_leader(page: Page) -> None:
    page.goto("/chains/smart-appliances")
    page.get_by_role("link", name="卡位入链四张清单").click()
    page.wait_for_url("**/opportunities")
    assert page.locator(".four a").count() == 4
    assert page.locator(".glance .chip").count() > 3
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.screenshot(path=OUT / "opportunities.png", full_page=True)
    page.locator("#table-invitations details").first.locator("summary").click()
    assert "没有" in page.locator("#table-invitations details[open] li").first.inner_text()
    invitations = page.locator("#table-invitations")
    invitations.get_by_role("button", name="不利之处").click()
    heads = [text.strip() for text in invitations.locator("thead th").all_inner_texts()]
    place = next(number for number, head in enumerate(heads, 1) if head.startswith("不利之处"))
    numbers = invitations.locator(f"tbody td:nth-child({place})").evaluate_all(
        "cells => cells.map((cell) => Number(cell.dataset.sort))"
    )
    assert numbers == sorted(numbers)
    with page.expect_download() as got:
        page.get_by_role("link", name="下载 Excel").click()
    assert got.value.suggested_filename == "卡位入链清单-智能家电.xlsx"
    assert Path(got.value.path()).read_bytes()[:2] == b"PK"


def test_the_ledger_stands_in_lines(page: Page) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="台账").click()
    page.wait_for_url("**/ledger")
    assert page.locator("#table-matches tbody tr").count() == 7
    steps = page.locator("#table-matches tbody tr").nth(0).locator("ol.steps li")
    tops = {round(box["y"]) for step in steps.all() if (box := step.bounding_box())}
    assert len(tops) == 1  # the steps of a match stand side by side
    page.screenshot(path=OUT / "ledger.png", full_page=True)


def test_the_targets_of_a_chain(page: Page) -> None:
    page.goto("/chains/new-energy-vehicles")
    page.get_by_role("link", name="招商名录", exact=True).click()
    page.wait_for_url("**/targets")
    assert page.locator("#table-targets tbody tr").count() == 2
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.screenshot(path=OUT / "targets.png", full_page=True)
    assert page.locator("#table-target-factors tbody tr").count() == 12
    assert page.locator("#table-target-moves tbody tr").count() == 12
    with page.expect_download() as got:
        page.locator("#targets").get_by_role("link", name="下载 CSV").click()
    assert "示例外地电解液有限公司" in Path(got.value.path()).read_text("utf-8-sig")
    page.get_by_role("link", name="图谱与断点").click()
    page.wait_for_url("**/new-energy-vehicles")


def test_the_portfolio_says_how_good_it_is(page: Page) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="招商", exact=True).click()
    page.wait_for_url("**/portfolio")
    chosen = page.request.get("/api/v1/portfolio").json()["targets"]
    assert len(chosen) > 1
    assert page.locator("#table-portfolio tbody tr").count() == len(chosen)
    assert "没有更好的选法" in page.locator(".told").inner_text()
    page.screenshot(path=OUT / "portfolio.png", full_page=True)
    page.get_by_label("最多").fill("1")
    page.get_by_role("button", name="重新选").click()
    page.wait_for_url("**/portfolio?most=1")
    assert page.locator("#table-portfolio tbody tr").count() == 1


def test_the_dashboard_is_one_page_of_a4(page: Page) -> None:
    page.goto("/dashboard")
    assert page.pdf(path=OUT / "dashboard.pdf", prefer_css_page_size=True).count(b"/Type /Page\n") == 1
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.fixture(scope="module")
def bare(browser: Browser, live_url: str) -> Iterator[Page]:
    """A page into which axe may be put: our policy keeps other scripts out."""
    context = browser.new_context(bypass_csp=True, base_url=live_url)
    yield context.new_page()
    context.close()


# Rows and cards of a kind are alike: a few of each are looked at.
FEWER = "() => document.querySelectorAll('tbody > tr:nth-child(n+7), .cards > li:nth-child(n+5)').forEach((one) => one.remove())"


@pytest.mark.parametrize("path", KINDS)
def test_axe_finds_nothing_serious_and_nothing_scrolls_sideways(bare: Page, path: str) -> None:
    bare.set_viewport_size({"width": 390, "height": 900})
    if path == "/":  # which does not wait for what takes long
        bare.request.get("/api/v1/gaps?top=1")
    answer = bare.goto(path)
    assert answer
    assert (answer.status == 200) == (path != "/no-such")
    sideways = bare.evaluate("document.documentElement.scrollWidth > innerWidth")
    bare.evaluate(FEWER)
    # the narrow one dark and the wide one light, or the other way round: page by page, for each look takes a second
    schemes: tuple[Literal["light", "dark"], ...] = ("dark", "light") if KINDS.index(path) % 2 else ("light", "dark")
    found = grave(bare, schemes[0])
    bare.set_viewport_size({"width": 1366, "height": 900})
    found += grave(bare, schemes[1])
    assert (sideways, found) == (False, [])


def grave(shown: Page, scheme: Literal["light", "dark"]) -> list[tuple[str, str, str]]:
    """What axe calls serious or critical."""
    shown.emulate_media(color_scheme=scheme)
    rules = [one for one in Axe().run(shown).response["violations"] if one["impact"] in ("serious", "critical")]
    return [(one["id"], node["html"][:160], node["failureSummary"]) for one in rules for node in one["nodes"][:3]]


def test_what_takes_a_while_says_that_it_is_at_work(page: Page) -> None:
    def stay() -> None:
        """Let nothing be answered: the page never comes."""
        page.evaluate("addEventListener('submit', (event) => event.preventDefault())")
        page.evaluate("addEventListener('click', (event) => event.target.closest('a') && event.preventDefault())")

    page.goto("/enterprises")
    busy = page.get_by_role("status")
    assert busy.inner_text() == ""
    with page.expect_download():
        page.get_by_role("link", name="下载 CSV").click()
    page.wait_for_timeout(400)
    assert busy.inner_text() == ""  # what is saved leaves the page as it is
    stay()
    page.get_by_role("button", name="筛选", exact=True).click()
    busy.get_by_text("正在查…").wait_for()
    assert page.locator("html[aria-busy]").count() == 1
    page.keyboard.press("Escape")
    assert (busy.inner_text(), page.locator("html[aria-busy]").count()) == ("", 0)
    page.locator("#table-enterprises tbody a").first.click()
    busy.get_by_text("正在打开…").wait_for()

    page.goto("/edit/Project/prj-sailun-superfactory")
    stay()
    page.locator("form.edit").evaluate("(form) => form.requestSubmit()")
    assert page.locator("form.edit[data-sent]").count() == 1
    busy.get_by_text("正在写入…").wait_for()


def test_the_bar_leads_to_every_room(page: Page) -> None:
    page.goto("/projects")
    assert page.get_by_role("navigation", name="主导航").get_by_role("link").all_inner_texts() == [
        "本周要办", "产业链", "企业", "找供应商", "招商", "台账", "数据",
    ]  # fmt: skip
    rooms = page.get_by_role("navigation", name="同一类的页面")
    assert rooms.get_by_role("link").all_inner_texts() == ["匹配台账", "项目"]
    assert rooms.locator("[aria-current=page]").inner_text() == "项目"
    page.set_viewport_size({"width": 390, "height": 800})
    page.get_by_text("菜单", exact=True).click()
    page.get_by_role("navigation", name="菜单").get_by_role("link", name="产业链").click()
    page.wait_for_url("**/chains")
    rooms.get_by_role("link", name="揭榜挂帅").click()
    page.wait_for_url("**/challenges")


def test_keys_lead_through_a_page(page: Page) -> None:
    page.goto("/leaders")
    rows = page.locator("main table.data").first.locator("tbody tr")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("k")
    page.keyboard.press("j")
    assert rows.nth(1).evaluate(
        "row => row === document.activeElement && getComputedStyle(row).outlineStyle === 'solid'"
    )
    page.keyboard.press("?")
    assert page.get_by_role("dialog").is_visible()
    page.keyboard.press("j")
    page.keyboard.press("Escape")
    assert not page.get_by_role("dialog").is_visible()
    with page.expect_download() as got:
        page.keyboard.press("e")
    assert got.value.suggested_filename.endswith(".xlsx")
    page.keyboard.press("Control+j")
    page.keyboard.press("/")
    page.keyboard.type("j?e/")
    assert page.get_by_role("combobox").input_value() == "j?e/"
    page.get_by_role("combobox").blur()
    page.keyboard.press("j")
    address = rows.nth(0).locator("a").first.get_attribute("href")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{address}")
