"""How soon the picture of a firm with very many suppliers can be read, in a real Chromium, beside pyvis's own."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, sync_playwright

from api.pictures.files import draw_enterprise
from queries.core.answers import EnterpriseView, Named, SupplyEdge

WHERE = {"status": "sample", "source": "示例来源"}
PRODUCTS = 39
OURS, PEER = "ours", "pyvis"
READABLE = 11  # pixels on the screen
PATIENCE = 300_000  # milliseconds
# Every text that is painted on a canvas: when, how high on the screen, and whether it can be seen there.
WATCH = """{
  window.painted = [];
  const paint = CanvasRenderingContext2D.prototype.fillText;
  CanvasRenderingContext2D.prototype.fillText = function (text, x, y, ...rest) {
    if (text.trim() && this.canvas.isConnected) {
      const move = this.getTransform();
      const at = move.transformPoint({x, y});
      const inside = at.x >= 0 && at.y >= 0 && at.x <= this.canvas.width && at.y <= this.canvas.height;
      const high = parseFloat(this.font.match(/([\\d.]+)px/)[1]) * move.a * this.canvas.clientWidth / this.canvas.width;
      if (inside) window.painted.push([performance.now(), high, text.trim()]);
    }
    return paint.call(this, text, x, y, ...rest);
  };
}"""
FREE = "() => new Promise((done) => requestAnimationFrame(() => setTimeout(() => done(performance.now()))))"

AGAIN = "{ window.painted.length = 0; (window.lianzhang?.network ?? window.network).redraw(); window.painted }"


def make_firm(suppliers: int, customers: int = 0) -> tuple[EnterpriseView, list[SupplyEdge], list[SupplyEdge]]:
    """Return a made firm with so many suppliers of 39 products, of some many more than of others."""
    about = {"_label": "Enterprise", "id": "x", "name": "示例大链主集团有限公司", **WHERE}
    own = Named(id="x", name=about["name"])

    def other(side: str, number: int) -> dict[str, Any]:
        firm = Named(id=f"{side}{number:06d}", name=f"示例配套{number:06d}号有限公司")
        product = f"示例大链主件{int((number * 0.618 % 1) ** 2 * PRODUCTS):02d}"
        return {"tier": 1, "product": product, "far": firm}

    def edge(far: str, near: str, row: dict[str, Any]) -> SupplyEdge:
        ends = {far: row.pop("far"), near: own}
        return SupplyEdge(**row, **ends, **WHERE)

    view = EnterpriseView(enterprise=about, outgoing=[], incoming=[], statements=[])
    before = [edge("supplier", "customer", other("s", number)) for number in range(suppliers)]
    after = [edge("customer", "supplier", other("c", number)) for number in range(customers)]
    return view, before, after


@contextmanager
def chromium() -> Iterator[Browser]:
    """Run the machine's Chromium."""
    path = next(
        (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        yield browser
        browser.close()


def seen(browser: Browser, page: str, width: int = 1366, height: int = 768) -> dict[str, Any]:
    """Open a page that stands alone; return when its first text was painted, how long the tab was then busy, and the
    smallest text on the screen."""
    with tempfile.TemporaryDirectory(prefix="lianzhang-picture-") as folder:
        file = Path(folder) / "picture.html"
        file.write_text(page, "utf-8")
        # our policy keeps the scripts that playwright waits with out
        shown = browser.new_page(viewport={"width": width, "height": height}, bypass_csp=True)
        shown.set_default_timeout(PATIENCE)
        shown.add_init_script(WATCH)
        shown.goto(file.as_uri(), timeout=PATIENCE)
        shown.wait_for_function("window.painted.length > 0 || window.lianzhang")
        # a task that can run says that the tab is free again
        free = shown.evaluate(FREE)
        first = shown.evaluate("window.painted.map(([when]) => when)[0] ?? null")
        painted = shown.evaluate(AGAIN)
        shown.close()
    last = {text: high for _, high, text in painted}
    return {
        "kb": len(page.encode()) // 1000,
        "first_text_seconds": first and round(first / 1000, 2),
        "free_seconds": round(free / 1000, 2),
        "smallest_px": round(min(last.values(), default=0.0), 1),
        "readable": sum(high >= READABLE for high in last.values()),
        "texts": len(last),
    }


def peer(suppliers: int) -> str:
    """Return the page that pyvis itself makes of the same firm."""
    from pyvis.network import Network

    view, before, _ = make_firm(suppliers)
    network = Network(directed=True, cdn_resources="in_line")
    network.add_node("x", label=view.enterprise["name"])
    for edge in before:
        network.add_node(edge.supplier.id, label=edge.supplier.name)
        network.add_edge(edge.supplier.id, "x", title=edge.product)
    return str(network.generate_html())


def picture(suppliers: int, whose: str) -> dict[str, Any]:
    """Measure our picture, or pyvis's own, of a firm with so many suppliers."""
    page = draw_enterprise(*make_firm(suppliers)) if whose == OURS else peer(suppliers)
    with chromium() as browser:
        return {"firms": suppliers, "whose": whose} | seen(browser, page)
