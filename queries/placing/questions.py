"""The questions of placing: where firms stand by what a register says, and what somebody has judged of that."""

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from queries.core.question import Word, question
from queries.names.arguments import Chain
from queries.placing.answers import FirmToPlace, PlacedFirms, PlacementOf, Placements, PlacementState, Sureness
from queries.placing.tables import table_of_placements

if TYPE_CHECKING:
    from queries.core.view import View

OfChain = Annotated[Chain | None, Word("只看哪条产业链", route="chain")]
OfLevel = Annotated[Sureness | None, Word("只看哪种把握")]
OfState = Annotated[PlacementState | None, Word("只看哪种;不写是还没有审的")]


@question("placements", "placements", group="企业上链", table=table_of_placements, slow="读上链推断")
def placements(
    view: "View",
    chain: OfChain = None,
    level: OfLevel = None,
    state: OfState = None,
    of: Annotated[PlacementOf | None, Word("只看企业的,还是零件清单里零件的")] = None,
) -> Placements:
    """上链推断: 哪家企业按登记的经营范围放到哪个环节、哪种产品,凭什么,审过没有;先列把握在中间的。

    零件清单里的零件按名称推断是哪种产品的,也在这里审。
    """
    from queries.placing.review import list_placements

    return list_placements(view, chain.id if chain else "", level, state, of)


@question("place", "place", group="企业上链", post=True, command=False)
def place(
    view: "View", firms: Annotated[list[FirmToPlace], Field(max_length=1_000), Word("企业,至多 1,000 家")]
) -> PlacedFirms:
    """企业上链: 送来企业的名称、经营范围和行业,答它们各在哪些环节、做哪些产品,凭什么;都是推断,不存入图。"""
    from queries.placing.run import place_told

    return place_told(view, firms)
