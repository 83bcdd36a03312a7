"""What speaks for a target and what against it, in sentences made from the data alone."""

from collections.abc import Iterator, Sequence

from queries.openings.against import reason_of
from queries.openings.answers import Stage
from queries.targets.factors import FEW, Around
from queries.targets.ranking import Ranked


def speaks_for(around: Around, target: Ranked) -> Iterator[str]:
    """Yield what speaks for a target: gaps, leaders, links, nearness, talks that go on."""
    firm, factors = target.firm.id, target.factors
    for fill in target.fills[:FEW]:
        yield f"能补“{fill.gap.name}”({fill.gap.state},评分 {fill.gap.score:g}): {fill.reason}"
    if len(target.fills) > FEW:
        yield f"另能补 {len(target.fills) - FEW} 个缺口"
    needing = {leader for fill in target.fills for leader, _ in around.needing.get(fill.gap.product, ())} - {firm}
    if needing:
        yield f"登记了需求的链主: {around.names(needing)}"
    for leader, row in around.wished(firm, target.fills):
        yield f"链主{around.names([leader])}登记为建议招引企业{f'({row.note})' if row.note else ''}"
    if factors.concerned:
        yield f"产品离不开它的链主: {around.names(factors.concerned)}"
    if factors.partners:
        yield f"以商招商: 与本地的{around.names(factors.partners)}有供应关系"
    if factors.kin:
        yield f"以商招商: 与本地的{around.names(factors.kin)}同属一个集团"
    if factors.adjacent:
        yield f"产品与链主{around.names(factors.adjacent)}的产品上下游相接"
    if factors.values["near"] > 0:
        yield factors.reasons["near"]
    for match in around.matches.get(firm, ()):
        if match.state != Stage.dropped:
            yield f"台账: 与{match.customer.name}{match.state}({match.since or '没有写日期'}){_about(match.product)}"


def speaks_against(around: Around, target: Ranked, statuses: Sequence[str]) -> Iterator[str]:
    """Yield what speaks against a target: what is not recorded, what it would open, talks that were given up, the data itself."""
    firm, factors, fills = target.firm.id, target.factors, target.fills
    if not any(fill.row for fill in fills):
        yield "没有登记生产其中任何一种: 由模型推断,须向企业核实"
    elif guessed := [fill.gap.product for fill in fills if fill.row is None]:
        yield f"{around.products(guessed)}没有登记,由模型推断,须核实"
    for ids, told in ((factors.missing, "普查过,本地没有企业"), (factors.unsure, "没有登记到本地企业,也没有普查")):
        if ids:
            yield f"落地后新开 {len(ids)} 个上一层缺口: {around.products(ids)}({told})"
    if factors.kin:
        yield f"同集团已有企业在本地({around.names(factors.kin)}): 也许扩产即可"
    if not factors.waiting:
        yield "没有链主登记需求或建议招引"
    if not (factors.partners or factors.kin):
        yield "与本地企业没有已知的供应或集团关系"
    for match in around.matches.get(firm, ()):
        if match.state == Stage.dropped:
            yield f"曾与{match.customer.name}对接{_about(match.product)},{match.since or '日期不详'}放弃: {reason_of(match)}"
    yield from data_against(statuses)


def data_against(statuses: Sequence[str]) -> Iterator[str]:
    """Yield what the statuses of the records say against relying on them."""
    if "sample" in statuses:
        yield "依据含示例(虚构)数据,只作演示"
    if "curated" in statuses:
        yield "依据含整理的数据,未经核实"


def _about(product: str) -> str:
    return f",“{product}”" if product else ""
