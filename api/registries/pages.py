"""A page and a workbook for each registry, for all clusters and for one."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from api.core.page import add_book
from queries.clusters.questions import clusters
from queries.registries.questions import centres, challenges, events, platforms, scenarios

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
for _registry in (clusters, challenges, scenarios, centres, events, platforms):
    add_book(router, _registry, "registry.html")
