"""The pages of firms: the list, one firm between its suppliers and customers, pairs that may be one."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from api.core.forms import FormDep, see
from api.core.page import PageRequest, VisitDep, send_file
from api.pictures.files import draw_enterprise
from api.pictures.firms import BY_PRODUCT, Grouping, picture_enterprise
from graph.errors import LianzhangError
from graph.names.comparisons import pair_of, read_comparisons
from graph.names.verdicts import DIFFERENT, SAME, UNDO
from loaders.judgements import judge
from queries.names.same_firms import doubts, history
from queries.names.search import search
from queries.names.tables import table_doubts, table_judgements
from queries.things import enterprises as enterprise_queries
from queries.things.facts import facts_of
from queries.things.groups import groups_of_firms
from queries.things.supply import customers, suppliers
from queries.things.tables import table_enterprises, tables_of_enterprise

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

PAGE_SIZE = 100
MOST_NAMED = 3_000  # firms that the picture of a firm's page names; it counts all, and the tables have all
# by what a firm's many suppliers and customers stand in groups
GROUPINGS = {"product": BY_PRODUCT.word, "segment": "环节", "district": "区域"}
MOST_DOUBTS = 1000
TiersQuery = Annotated[int, Query(ge=1, le=3)]
GroupingQuery = Annotated[str, Query(pattern=f"^({'|'.join(GROUPINGS)})$")]
IdQuery = Annotated[str, Query(min_length=1, max_length=300)]
# with one of these a firm has something in its four lists
WISHES = (
    "LEADS",
    "NEEDS",
    "OFFERS",
    "SEEKS_PARTNER",
    "RECOMMENDS",
)


@router.get("/enterprises")
def show_enterprises(
    visit: VisitDep, q: Annotated[str, Query(max_length=200)] = "", page: Annotated[int, Query(ge=1, le=1_000_000)] = 1
) -> Response:
    """Show the firms by pinyin, a page at a time, or those that a word names."""
    total = 0
    if q.strip():
        hits = search(visit.view, q, PAGE_SIZE, ("Enterprise",))
        why = {hit.id: hit.matched for hit in hits}
        firms = [
            firm | {"matched": why[firm["id"]]} for firm in enterprise_queries.find_enterprises(visit.view, list(why))
        ]
    else:
        firms, total = enterprise_queries.list_by_pinyin(visit.view, page, PAGE_SIZE)
    pages = -(-total // PAGE_SIZE)
    return visit.render(
        "enterprises.html",
        "企业",
        table=table_enterprises(firms),
        q=q,
        page=page,
        pages=pages,
        total=total,
        most=PAGE_SIZE,
    )


@router.get("/review")
def show_review(visit: VisitDep) -> Response:
    """Show the pairs of firms that may be one, and what has been judged so far."""
    pairs = doubts(visit.view)
    tables = (table_doubts(pairs[:MOST_DOUBTS]), table_judgements(history(visit.view)))
    return visit.render("review.html", "企业比对", tables=tables, found=len(pairs), most=MOST_DOUBTS)


@router.get("/review/judge")
def show_two(visit: VisitDep, left: IdQuery, right: IdQuery) -> Response:
    """Show two firms side by side, to be judged one or not."""
    return _two(visit, left, right)


@router.post("/review/judge")
def take_judgement(visit: VisitDep, form: FormDep) -> Response:
    """Keep what somebody judges of two firms; where that cannot be, say why beside them."""
    left, right, person = form.get("left", ""), form.get("right", ""), visit.person
    firms = (left, right) if form.get("first", left) == left else (right, left)
    try:
        judge(visit.store, *firms, form.get("verdict", ""), person.name, form.get("reason", ""), person.role)
    except LianzhangError as error:
        return _two(visit, left, right, error, form.get("reason", ""))
    return see(visit.links.page("/review"))


def _two(visit: VisitDep, left: str, right: str, error: LianzhangError | None = None, reason: str = "") -> Response:
    views = [enterprise_queries.view_enterprise(visit.view, id, supplies=False) for id in (left, right)]
    firms = [(view.enterprise, facts_of(view.enterprise, visit.view.statuses)) for view in views]
    judged = read_comparisons(visit.store).verdicts.get(pair_of(left, right), "")
    told = error.message if error else ""
    for firm, _ in sorted(firms, key=lambda pair: -len(pair[0]["id"])):  # ids are for programs
        told = told.replace(firm["id"], firm["name"])
    values = {"firms": firms, "problem": told, "reason": reason, "judged": judged}
    answer = visit.render("judge.html", "企业比对", verdicts=(SAME, DIFFERENT, UNDO), **values)
    answer.status_code = error.status if error else 200
    return answer


@router.get("/enterprises/{id:id}")
def show_enterprise(
    id: str,
    visit: VisitDep,
    tiers: TiersQuery = 1,
    by: GroupingQuery = "product",
) -> Response:
    """Show one firm: its suppliers and customers in a picture, then every record in tables."""
    view = enterprise_queries.view_enterprise(visit.view, id, supplies=False)
    before = suppliers(visit.view, view.enterprise["id"], tiers)
    after = customers(visit.view, view.enterprise["id"], tiers)
    picture = None
    if not visit.ask.table:
        grouping = _grouping(visit, by)
        picture = picture_enterprise(view, before, after, visit.names, visit.links.thing, grouping, MOST_NAMED)
    tables = tables_of_enterprise(view, before, after)
    facts = facts_of(view.enterprise, visit.view.statuses)
    wishes = any(item.relation in WISHES for item in view.outgoing)
    values = {"view": view, "tables": tables, "picture": picture, "tiers": tiers, "facts": facts}
    bought = any(item.relation in ("LEADS", "USES_PART") for item in view.outgoing)
    own = f"/enterprises/{quote(view.enterprise['id'], safe='')}"
    values |= {
        "by": by,
        "groupings": GROUPINGS,
        "picture_file": visit.links.page(f"{own}/picture.html", tiers=tiers, by=by),
    }
    values["openings"] = visit.links.page(f"{own}/opportunities") if wishes else ""
    values["share"] = visit.links.page(f"{own}/local-share") if bought else ""
    return visit.render("enterprise.html", view.enterprise["name"], edges=len(before) + len(after), **values)


@router.get("/enterprises/{id:id}/picture.html")
def send_picture(
    id: str,
    visit: VisitDep,
    tiers: TiersQuery = 1,
    by: GroupingQuery = "product",
) -> Response:
    """Send the picture of a firm as a file that stands alone; it names every firm."""
    view = enterprise_queries.view_enterprise(visit.view, id, supplies=False)
    before, after = (ask(visit.view, view.enterprise["id"], tiers) for ask in (suppliers, customers))
    page = draw_enterprise(view, before, after, visit.names, _grouping(visit, by))
    return send_file(page, f"{view.enterprise['name']}的供应商与客户.html")


def _grouping(visit: PageRequest, by: str) -> Grouping:
    if by == "product":
        return BY_PRODUCT
    groups, unknown = groups_of_firms(visit.view, by), f"{GROUPINGS[by]}不详"
    return Grouping(GROUPINGS[by], lambda _edge, firm: groups.get(firm, unknown))
