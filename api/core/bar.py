"""The bar of the site: seven entries, and below the one that is current the rooms that have no entry of their own."""

from dataclasses import dataclass
from urllib.parse import unquote

from api.core.links import SiteLinks

Rooms = tuple[tuple[str, str], ...]
# An entry leads to its first room, and is current in all of them and below.
ENTRIES: dict[str, Rooms] = {
    "本周要办": (("本周要办", "/"), ("全部缺口", "/gaps")),
    "产业链": (
        ("全部产业链", "/chains"), ("驾驶舱", "/dashboard"), ("链主", "/leaders"), ("链主要买的", "/needs"),
        ("产业集群", "/clusters"), ("揭榜挂帅", "/challenges"), ("开放场景与实验室", "/scenarios"),
        ("数字化赋能中心", "/centres"), ("招商活动", "/events"), ("支撑平台", "/platforms"),
    ),
    "企业": (("企业名录", "/enterprises"),),
    "找供应商": (("找供应商", "/match"),),
    "招商": (("招商组合", "/portfolio"),),
    "台账": (("匹配台账", "/ledger"), ("项目", "/projects")),
    "数据": (
        ("公布数据", "/figures"), ("图里有多少", "/stock"), ("载入", "/loads"), ("上链审核", "/placements"),
        ("摸底", "/coverage"), ("来源", "/sources"), ("断点规则", "/rules"), ("企业比对", "/review"),
        ("操作记录", "/audit"), ("说明", "/about"),
    ),
}  # fmt: skip
OF_A_CHAIN: Rooms = (
    ("图谱与断点", ""), ("展开图谱", "graph"), ("产品、企业与记录", "records"),
    ("招商名录", "targets"), ("卡位入链四张清单", "opportunities"), ("假如", "what-if"), ("项目", "projects"),
    ("摸底", "coverage"), ("工作台", "desk"), ("链主", "leaders"), ("本地配套率", "local-share"),
)  # fmt: skip
ADMINS = "/audit"
ELSEWHERE = {"chains": "产业链", "agencies": "产业链", "things": "产业链", "edit": "产业链"}
# Things whose kind has an entry of its own.
OF_KIND = {"Enterprise": "企业", "Project": "台账", "Statement": "数据", "Source": "数据"} | dict.fromkeys(
    ("Cluster", "Challenge", "Scenario", "Centre", "Event", "Platform"), "产业链"
)


@dataclass(frozen=True)
class BarLink:
    """One link of the bar."""

    name: str
    href: str
    current: bool = False


@dataclass(frozen=True)
class Bar:
    """The entries, and the rooms of the one that is current; a lone room is not told."""

    entries: list[BarLink]
    rooms: list[BarLink]


def bar_of(raw_path: str, links: SiteLinks, admin: bool, found: bool = True) -> Bar:
    """Return the bar of the page at an address, as it was asked for; without the chain's rooms if nothing was found."""
    parts = raw_path.split("/")[1:]
    here = "/" + parts[0]
    places = {path: name for name, rooms in ENTRIES.items() for _, path in rooms}
    kind = OF_KIND.get(parts[1]) if parts[0] in ("things", "edit") and len(parts) > 1 else None
    current = places.get(here) or kind or ELSEWHERE.get(parts[0], "")
    entries = [BarLink(name, links.page(rooms[0][1]), name == current) for name, rooms in ENTRIES.items()]
    if parts[0] == "chains" and len(parts) > 1 and found:
        chain, page = unquote(parts[1]), parts[2] if len(parts) > 2 else ""
        return Bar(entries, [BarLink(name, _room(links, chain, room), room == page) for name, room in OF_A_CHAIN])
    rooms = [BarLink(name, links.page(path), path == here) for name, path in ENTRIES.get(current, ())]
    rooms = [room for room in rooms if admin or room.href.partition("?")[0] != ADMINS]
    return Bar(entries, rooms if len(rooms) > 1 else [])


def _room(links: SiteLinks, chain: str, room: str) -> str:
    return links.of_chain(chain, room) if room else links.to("chains", chain)
