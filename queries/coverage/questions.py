"""The question of what was looked for, and where to look next."""

from typing import TYPE_CHECKING, Annotated

from queries.core.question import Word, question
from queries.coverage.answers import LookedFor
from queries.coverage.tables import table_of_coverage
from queries.names.arguments import Chain

if TYPE_CHECKING:
    from queries.core.view import View

OfChain = Annotated[Chain | None, Word("只看哪条产业链;这时各环节的产品也列出", route="chain", positional=True)]


@question("coverage", "coverage", group="摸底", table=table_of_coverage, slow="看哪里查过")
def coverage(view: "View", chain: OfChain = None) -> LookedFor:
    """摸底: 每条链查过多少,先去查哪里弄清得最多;没查过的不判缺链,到期的要再查。"""
    from queries.coverage.looked_for import looked_for

    return looked_for(view, chain)
