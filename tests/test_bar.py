"""The bar of the site: which entry is current where, and what is below it."""

import pytest

from api.core.bar import ENTRIES, bar_of
from api.core.links import SiteLinks
from api.rooms import PAGES

LINKS = SiteLinks(without="sample")


def current(path: str) -> str:
    return next((entry.name for entry in bar_of(path, LINKS, True).entries if entry.current), "")


@pytest.mark.parametrize(
    ("path", "name"),
    [("/", "本周要办"), ("/gaps", "本周要办"), ("/chains", "产业链"), ("/chains/a/desk", "产业链"), ("/enterprises/x/ledger", "企业"), ("/match", "找供应商"), ("/portfolio", "招商"),
     ("/projects/p/what-if", "台账"), ("/needs", "产业链"), ("/clusters/c", "产业链"), ("/stock", "数据"), ("/sources/s", "数据"), ("/search", ""),
     ("/things/Project/p", "台账"), ("/edit/Enterprise/e", "企业"), ("/things/Segment/s", "产业链")],
)  # fmt: skip
def test_a_page_belongs_to_an_entry(path: str, name: str) -> None:
    assert current(path) == name


def test_every_page_that_stands_alone_is_in_the_bar() -> None:
    told = {path for rooms in ENTRIES.values() for _, path in rooms}
    routes = {route.path for room in PAGES for route in room.router.routes if hasattr(route, "path")}
    alone = {path for path in routes if path.count("/") == 1 and "." not in path and "{" not in path}
    assert alone - told == {"/search"}


def test_a_chain_has_rooms_of_its_own_and_they_keep_what_is_switched_off() -> None:
    rooms = bar_of("/chains/a%2Fb/desk", LINKS, False).rooms
    assert [room.name for room in rooms if room.current] == ["工作台"]
    assert rooms[0].href == "/chains/a%2Fb?without=sample"
    assert "工作台" not in [room.name for room in bar_of("/chains/none", LINKS, False, found=False).rooms]


def test_only_who_may_see_the_audit_is_led_there() -> None:
    assert "操作记录" in [room.name for room in bar_of("/about", LINKS, True).rooms]
    assert "操作记录" not in [room.name for room in bar_of("/about", LINKS, False).rooms]
