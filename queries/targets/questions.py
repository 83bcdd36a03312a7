"""The questions about 招商名录: the targets of a chain, the portfolio over all chains."""

from typing import TYPE_CHECKING, Annotated

from queries.core.question import Word, question
from queries.names.arguments import Chain
from queries.targets import tables
from queries.targets.answers import Portfolio, Targets

if TYPE_CHECKING:
    from queries.core.view import View

GROUP = "招商名录"
Top = Annotated[int, Word("列前几名,也按前几名看权重移动时的进出", low=1, high=1000)]
Most = Annotated[int | None, Word("最多几家;缺省为补上最多缺口的最少几家", low=1, high=1000)]


@question(
    "targets",
    "chains/{chain}/targets",
    group=GROUP,
    slow="排招商名录",
    table=tables.table_of_targets,
    notes=tables.notes_of_targets,
)
def targets(view: "View", chain: Chain, top: Top = 20) -> Targets:
    """招商名录: 能补一条链缺口的外地企业,按各因素加权排名;每个因素、为什么与不利之处、依据和权重移动
    ±20% 的变化都列出。

    权重见 queries/targets/weights.toml。没有已知外地企业的缺口、未知的产品、所在地没有登记的企业另列,不混在排名里。
    """
    from queries.targets.chain import list_targets

    return list_targets(view, chain.id, top)


@question(
    "portfolio",
    "portfolio",
    group=GROUP,
    slow="求招商组合",
    table=lambda answer: tables.tables_of_portfolio(answer)["chosen"],
    notes=tables.notes_of_portfolio,
)
def portfolio(view: "View", most: Most = None) -> Portfolio:
    """招商组合: 在全部产业链上,用最少的外地企业补上最多的缺口;附求法、上界、离最优至多差多少和企业数的曲线。"""
    from queries.targets.portfolio import make_portfolio

    return make_portfolio(view, most)
