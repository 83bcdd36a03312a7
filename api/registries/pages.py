"""A page and a workbook for each registry, for all clusters and for one."""

from urllib.parse import quote

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, Response

from api.core.page import PageRequest, VisitDep
from api.core.workbooks import MEDIA_TYPE
from api.registries.workbooks import make_registry_workbook, tables_of
from queries.clusters.clusters import make_clusters
from queries.names.search import find_cluster
from queries.registries.answers import Registry
from queries.registries.described import read_registries
from queries.registries.registry import make_registry

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


def _show(visit: PageRequest, answer: Registry, title: str) -> Response:
    tables, samples = tables_of(answer)
    return visit.render("registry.html", title, answer=answer, title=title, tables=tables, samples=samples)


def _send(answer: Registry) -> Response:
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(f'{answer.title}.xlsx', safe='')}"}
    return Response(make_registry_workbook(answer), media_type=MEDIA_TYPE, headers=headers)


def _answer(visit: PageRequest, name: str) -> Registry:
    return make_clusters(visit.view) if name == "clusters" else make_registry(visit.view, name)


def _add_pages(name: str) -> None:
    def show(visit: VisitDep) -> Response:
        answer = _answer(visit, name)
        return _show(visit, answer, answer.title)

    def send(visit: VisitDep) -> Response:
        return _send(_answer(visit, name))

    router.add_api_route(f"/{name}", show)
    router.add_api_route(f"/{name}.xlsx", send)


for _name in read_registries().registry:
    _add_pages(_name)


@router.get("/clusters/{id:id}")
def show_cluster(id: str, visit: VisitDep) -> Response:
    """Show one cluster beside the communities of the supply graph."""
    cluster = find_cluster(visit.view, id)
    return _show(visit, make_clusters(visit.view, cluster), cluster.name)
