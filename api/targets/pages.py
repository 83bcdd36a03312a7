"""The pages of 招商名录: the targets of a chain, the portfolio over all chains, the rules."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.core.page import PageRequest, VisitDep, add_pages
from queries.gaps.rules import read_rules
from queries.gaps.tables import tables_of_rules
from queries.gaps.words import STATE_ACTION, STATE_MEANING
from queries.targets.answers import Portfolio, Targets
from queries.targets.questions import portfolio, targets
from queries.targets.tables import tables_of_portfolio, tables_of_targets, tables_of_weights
from queries.targets.weights import read_weights

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def _show_targets(visit: PageRequest, answer: Targets) -> Response:
    return visit.render("targets.html", answer.chain, answer=answer, tables=tables_of_targets(answer))


def _show_portfolio(visit: PageRequest, answer: Portfolio) -> Response:
    return visit.render("portfolio.html", "招商组合", answer=answer, tables=tables_of_portfolio(answer))


add_pages(router, targets, _show_targets)
add_pages(router, portfolio, _show_portfolio)


@router.get("/rules")
def show_rules(visit: VisitDep) -> Response:
    """Show every number that decides a state, a score or an action, and why it is what it is."""
    rules = read_rules()
    tables = [*tables_of_rules(rules), *tables_of_weights(read_weights())]
    return visit.render(
        "rules.html", "断点规则", rules=rules, tables=tables, meaning_of=STATE_MEANING, action_of=STATE_ACTION
    )
