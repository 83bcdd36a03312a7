"""What is asked for by name: a place of a chain, a firm that leaves, a firm that lands with a product."""

from graph.errors import Ambiguous, InputError, NotFound
from queries.city.facts import Place
from queries.core.answers import Named
from queries.core.view import View
from queries.gaps.reached import Landing
from queries.gaps.weak_links import Examined
from queries.names.search import find_enterprise, find_product


def find_place(examined: Examined, word: str) -> Place:
    """Return the segment or product of a chain that an id or a name means; a
    segment goes before a product of the same name."""
    wanted, places = word.strip(), examined.facts.places
    exact = [place for place in places if wanted in (place.id, place.name)]
    meant = exact or [place for place in places if wanted and wanted in place.name]
    if not meant:
        raise NotFound(f"产业链“{examined.facts.chain.name}”里没有叫“{wanted[:60]}”的环节或产品,全部见这条链的断点")
    if len(meant) > 1 and not exact:
        candidates = [{"id": place.id, "name": place.name} for place in meant]
        listed = "、".join(f"{place.name}({place.id})" for place in meant[:10])
        raise Ambiguous(f"“{wanted}”对应多个环节或产品: {listed}。请改用全名或编号", candidates=candidates)
    return meant[0]


def find_landing(view: View, text: str) -> Landing:
    """Return the landing that NAME:PRODUCT means; a name that the graph does not know is a new firm."""
    name, mark, product = text.replace("：", ":").rpartition(":")
    if not mark or not name.strip() or not product.strip():
        raise InputError(f"落地应写成 企业：产品，如 示例外地碳化硅：车规级碳化硅功率模块；这里是“{text[:60]}”")
    try:
        firm = find_enterprise(view, name, short_forms=False)
    except NotFound:
        firm = Named(id=f"new:{name.strip()}", name=name.strip())
    return Landing(firm, find_product(view, product).id)
