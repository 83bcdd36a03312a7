"""What speaks for and against a firm beside a leader: only what the records say."""

from collections.abc import Iterable, Iterator

from queries.city.facts import Row
from queries.matching.answers import Level
from queries.openings.answers import Match, Stage
from queries.openings.asked import Asked
from queries.openings.fits import Fit

FEW = 3  # names in a sentence


def speaks_for(asked: Asked, party: str, firm: str, product: str) -> Iterator[str]:
    """Yield the links that a firm has with a leader's group already: what else it supplies, and how far the ledger is."""
    names = asked.city.names["Enterprise"]
    for member in asked.dealt_with(party, firm):
        rows = asked.supplied.get((firm, member), ())
        if goods := [f"“{asked.product(row.good)}”" for row in rows if row.good and not (row.good == product and member == party)]:
            more = f"等 {len(goods)} 种" if len(goods) > FEW else ""
            yield f"已向{names[member]}供应{'、'.join(goods[:FEW])}{more}"
        match = asked.match(firm, member, product)
        if match is not None and match.state != Stage.dropped:
            yield f"台账: {match.state}({match.since or '没有写日期'}){'' if member == party else f',与{names[member]}'}"


def against_supplier(asked: Asked, party: str, firm: str, product: str, fit: Fit | None, rows: Iterable[Row]) -> Iterator[str]:
    """Yield what speaks against a firm as supplier of a party of the leader's group."""
    yield from _common(asked, party, firm, fit)
    if product and asked.firm(firm).where == "local" and any(row.good == product for row in asked.supplied.get((firm, party), ())):
        yield "已经在供应,不是新的机会"
    if dropped := why_dropped(asked, firm, party, product):
        yield dropped
    if product in asked.needed.get(firm, ()):
        yield "它自己也采购这种产品"
    customers = asked.customers.get(firm, ())
    if len(customers) == 1 and customers[0] != party:
        yield f"已知的客户只有{asked.city.names['Enterprise'][customers[0]]}一家"
    yield from _data(rows)


def against_user(asked: Asked, party: str, firm: str, product: str, fit: Fit, rows: Iterable[Row]) -> Iterator[str]:
    """Yield what speaks against a firm as a customer of a party of the leader's group."""
    yield from _common(asked, party, firm, fit)
    if any(row.good == product for row in asked.supplied.get((party, firm), ())):
        yield "已经在采购,不是新的机会"
    if dropped := why_dropped(asked, party, firm, product):
        yield dropped
    if product in asked.made.get(firm, ()):
        yield "它自己也生产这种产品"
    yield from _data(rows)


def _common(asked: Asked, party: str, firm: str, fit: Fit | None) -> Iterator[str]:
    known, group = asked.firm(firm), asked.group_of(party)
    if known.closed:
        yield "企业登记为已终止"
    elif known.where == "unknown":
        yield "没有登记所在地,不能算本地"
    if fit is not None and fit.level != Level.high:
        yield "匹配程度低,能不能用须核实" if fit.level == Level.low else "按名称或投入关系推断,规格须核实"
    if known.group == asked.firm(group[0]).group:
        yield "与链主同属一个集团"
    else:
        own = asked.made_in(group[0])
        if same := [asked.product(made) for made in asked.made.get(firm, ()) if made in own]:
            more = f"等 {len(same)} 种" if len(same) > FEW else ""
            yield f"与链主生产同样的产品({'、'.join(same[:FEW])}{more}),可能是竞争对手"
    if led := [chain for chain in asked.facts.leads_of.get(firm, ()) if chain in asked.chains]:
        yield f"它自己也是链主({'、'.join(asked.city.names['Chain'][chain] for chain in led)})"


def _data(rows: Iterable[Row]) -> Iterator[str]:
    statuses = {row.status for row in rows}
    if "sample" in statuses:
        yield "示例(虚构)数据,只作演示"
    if "curated" in statuses:
        yield "整理的数据,未经核实"
    if "inferred" in statuses:
        yield "所依据的记录也是推断的"


def why_dropped(asked: Asked, supplier: str, customer: str, product: str) -> str:
    """Return when and why a match was given up; nothing where it was not."""
    match = asked.match(supplier, customer, product)
    if match is None or match.state != Stage.dropped:
        return ""
    return f"曾经对接,{match.since or '日期不详'}放弃: {reason_of(match)}"


def reason_of(match: Match) -> str:
    """Return why a match was given up; where the step does not say, what the leader answered."""
    notes = [step for step in reversed(match.steps) if step.note and not step.withdrawn]
    dropped = next((step.note for step in notes if step.stage == Stage.dropped), None)
    answered = next((step.note for step in notes if step.stage == Stage.answered), None)
    return dropped or (f"没有写原因,此前链主答复“{answered}”" if answered else "没有写原因")
