"""The table of the structure of the supply network, and what is said beside it."""

from collections.abc import Iterator, Mapping
from operator import itemgetter
from typing import Any

from queries.core.table import Column, Table
from queries.networks.answers import SupplyStructure

Row = tuple[str, str, str]


def table_of_structure(answer: SupplyStructure) -> Table[Row]:
    """Return one row for each finding."""
    rows: list[Row] = [("割点", firm.name, "") for firm in answer.single_points]
    rows += [("桥", f"{link.one.name} — {link.other.name}", "") for link in answer.bridges]
    rows += [("成环", "、".join(firm.name for firm in loop), "") for loop in answer.loops]
    for measure, ranking in (("PageRank", answer.pagerank), ("介数", answer.betweenness)):
        rows += [(measure, measured.firm.name, f"{measured.value:.6f}") for measured in ranking]
    rows += [("群落", "、".join(firm.name for firm in group), str(len(group))) for group in answer.communities]
    columns = [Column[Row](head, itemgetter(place)) for place, head in enumerate(("度量", "企业", "值"))]
    return Table("structure", "供应网络的结构", columns, rows)


def notes_of_structure(answer: SupplyStructure, _: Mapping[str, Any]) -> Iterator[str]:
    """Yield the counts of all."""
    agreed = "没有可比的集群" if answer.cluster_agreement is None else f"{answer.cluster_agreement:.3f}"
    counts = (
        f"企业 {answer.firms:,}，供应关系 {answer.links:,}；"
        f"割点 {answer.single_points_count:,}，桥 {answer.bridges_count:,}"
    )
    yield f"{counts}，群落 {answer.communities_count:,}；与已认定集群的调整互信息：{agreed}"
