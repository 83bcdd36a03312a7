"""The question of the local share of what a leader, or the leaders of a chain, buy."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated

from graph.errors import NotFound
from queries.core.answers import Named
from queries.core.question import Choice, Word, question
from queries.local_share import tables
from queries.local_share.answers import LocalShare, ShareOf
from queries.names.arguments import Chain, Firm

if TYPE_CHECKING:
    from queries.core.view import View


def _find_subject(view: "View", word: str, _: Mapping[str, object]) -> ShareOf:
    from queries.names.search import find_chain, find_enterprise

    try:
        return _of(find_chain(view, word), "Chain")
    except NotFound:
        return _of(find_enterprise(view, word), "Enterprise")


def _of(named: Named, label: str) -> ShareOf:
    return ShareOf(id=named.id, name=named.name, label=label)


Subject = Annotated[
    Named, Word("链主企业或产业链的名称、编号或拼音", "NAME|CHAIN", _find_subject, route="", positional=True)
]


@question(
    "local-share",
    "enterprises/{firm}/local-share",
    "chains/{chain}/local-share",
    group="本地配套率",
    slow="逐件看在哪里买的",
    choice=Choice(("subject", "firm", "chain"), required=True),
    book=tables.book_of_share,
    table=tables.table_of_parts,
    notes=tables.notes_of_share,
)
def local_share(
    view: "View",
    subject: Subject | None = None,
    firm: Annotated[Firm | None, Word(command="")] = None,
    chain: Annotated[Chain | None, Word(command="")] = None,
) -> LocalShare:
    """本地配套率: 链主的零件里,在本地买的、外地买的、没问过的各多少,按件数和按金额;不知道的给出最低和最高。

    先载入它的零件清单: lianzhang load 清单.xlsx --kind 零件清单 --leader 链主名称。

    只数下面没有别的零件的(整个买来的总成算一件),小计、合计、备注、自制的不数。本地是现供应商的产地在产业链的城市;
    清单没有写产地的,看图里它在哪里。could 是本地登记做这种产品的企业,不算进配套率。在外地买的排在前面,金额大的在先。
    """
    from queries.local_share.share import local_share as ask

    if chain is not None:
        return ask(view, _of(chain, "Chain"))
    if firm is not None:
        return ask(view, _of(firm, "Enterprise"))
    assert isinstance(subject, ShareOf)
    return ask(view, subject)
