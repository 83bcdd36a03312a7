"""The question of placing: which places of firms were inferred, and which of them somebody has judged."""

from typing import TYPE_CHECKING, Annotated

from queries.core.question import Word, question
from queries.names.arguments import Chain
from queries.placing.answers import Level, Placements, State
from queries.placing.tables import table_of_placements

if TYPE_CHECKING:
    from queries.core.view import View

OfChain = Annotated[Chain | None, Word("只看哪条产业链", route="chain")]
OfLevel = Annotated[Level | None, Word("只看哪种把握")]
OfState = Annotated[State | None, Word("只看哪种;不写是还没有审的")]


@question("placements", "placements", group="企业上链", command=False, table=table_of_placements, slow="读上链推断")
def placements(view: "View", chain: OfChain = None, level: OfLevel = None, state: OfState = None) -> Placements:
    """上链推断: 哪家企业按登记的经营范围放到哪个环节、哪种产品,凭什么,审过没有;先列把握在中间的。"""
    from queries.placing.review import list_placements

    return list_placements(view, chain.id if chain else "", level, state)
