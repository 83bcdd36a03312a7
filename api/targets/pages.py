"""The pages of 招商名录: the targets of a chain, the portfolio over all chains."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse, Response

from api.core.page import VisitDep
from queries.gaps.rules import read_rules
from queries.gaps.tables import tables_of_rules
from queries.gaps.words import STATE_ACTION, STATE_MEANING
from queries.names.search import find_chain
from queries.targets.chain import TOP, list_targets
from queries.targets.portfolio import make_portfolio
from queries.targets.tables import tables_of_portfolio, tables_of_targets, tables_of_weights
from queries.targets.weights import read_weights

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

TopQuery = Annotated[int, Query(ge=1, le=1000)]
MostQuery = Annotated[int | None, Query(ge=1, le=1000)]


@router.get("/chains/{id:id}/targets")
def show_targets(id: str, visit: VisitDep, top: TopQuery = TOP) -> Response:
    """Show the targets of a chain, every factor of each, what is kept apart, and how stable the ranking is."""
    answer = list_targets(visit.view, find_chain(visit.view, id).id, top)
    return visit.render("targets.html", answer.chain, answer=answer, tables=tables_of_targets(answer))


@router.get("/portfolio")
def show_portfolio(visit: VisitDep, most: MostQuery = None) -> Response:
    """Show the fewest targets that close the most gaps of all chains, and how far from the best that can be."""
    answer = make_portfolio(visit.view, most)
    return visit.render("portfolio.html", "招商组合", answer=answer, tables=tables_of_portfolio(answer))


@router.get("/rules")
def show_rules(visit: VisitDep) -> Response:
    """Show every number that decides a state, a score or an action, and why it is what it is."""
    rules = read_rules()
    tables = [*tables_of_rules(rules), *tables_of_weights(read_weights())]
    return visit.render("rules.html", "断点规则", rules=rules, tables=tables, meaning_of=STATE_MEANING, action_of=STATE_ACTION)
