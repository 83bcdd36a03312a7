"""Pictures as pages of their own, with all that they need inside."""

from collections.abc import Sequence
from importlib.metadata import distribution
from pathlib import Path

from api.core.templating import inline, render_file
from api.pictures.chains import picture_chain
from api.pictures.drawing import Picture
from api.pictures.facts import Sources
from api.pictures.firms import BY_PRODUCT, Grouping, picture_enterprise
from queries.core.answers import ChainView, EnterpriseView, SupplyEdge
from queries.gaps.answers import WeakLinks

MOST = 2_000  # products, and firms, that have lines in the file of a chain; forty thousand firms are named
VIS = Path(str(distribution("pyvis").locate_file("pyvis/lib/vis-9.1.2")))


def _draw(picture: Picture, subtitle: str) -> str:
    scripts = {
        "vis_css": inline("vis-network.css", VIS),
        "vis_js": inline("vis-network.min.js", VIS),
        "own_js": inline("panel.js") + inline("paper.js") + inline("picture.js"),
    }
    return render_file("drawing.html", picture=picture, subtitle=subtitle, **scripts)


def draw_chain(view: ChainView, sources: Sources | None = None, weak_links: WeakLinks | None = None) -> str:
    """Return a page of its own with a chain's picture; ``sources`` names the
    sources by id, ``weak_links`` gives it its states."""
    subtitle = f"环节 {len(view.segments)} 个，供给关系 {len(view.feeds)} 条。单击环节看产品、企业与来源，双击展开。"
    if weak_links:
        subtitle += f"断点判定：规则 {weak_links.rule_version}，{weak_links.as_of}。"
    return _draw(picture_chain(view, sources or {}, weak_links=weak_links, most=MOST), subtitle)


def draw_enterprise(
    view: EnterpriseView,
    suppliers: Sequence[SupplyEdge],
    customers: Sequence[SupplyEdge],
    sources: Sources | None = None,
    grouping: Grouping = BY_PRODUCT,
) -> str:
    """Return a page of its own with a firm between its suppliers and its customers; all are named."""
    subtitle = f"供应商一侧关系 {len(suppliers)} 条，客户一侧关系 {len(customers)} 条。单击看产品、状态与来源。"
    return _draw(picture_enterprise(view, suppliers, customers, sources or {}, grouping=grouping), subtitle)
