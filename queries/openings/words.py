"""How the four lists and the ledger are said: what the firm of each list is called, and what a list means."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from queries.core.reason import Catalogue

if TYPE_CHECKING:
    from queries.openings.answers import Looked

say = Catalogue("openings")
FIRM_HEADS = {"offers": "谁可以用", "needs": "可供的本地企业", "partners": "拟合作企业", "invitations": "建议招引企业"}
MEANINGS = {
    "offers": "链主能在本地提供什么,本地谁可以用",
    "needs": "链主要买什么,哪些本地企业可以卡位入链",
    "partners": "链主想合作的企业,和值得一谈的本地企业",
    "invitations": "链主建议招引的企业,和本地接不上的需求可找的外地企业",
}


def looked_text(looked: "Sequence[Looked]", most: int) -> str:
    """Return the firms that were looked at, one a line, and how many more there are."""
    lines = [f"{one.firm.name}: {one.why}" for one in looked[:most]]
    return "\n".join([*lines, *([f"…共看过 {len(looked)} 家"] if len(looked) > most else [])])
