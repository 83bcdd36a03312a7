"""The question about the declared clusters beside the communities of the supply graph."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Annotated, Any

from queries.clusters.answers import Clusters
from queries.core.question import Word, question
from queries.names.arguments import Cluster

if TYPE_CHECKING:
    from queries.core.parts import Book
    from queries.core.view import View


def _book(answer: Clusters) -> "Book":
    from queries.clusters.tables import book_of_clusters

    return book_of_clusters(answer)


def _notes(answer: Clusters, given: Mapping[str, Any]) -> Iterator[str]:
    from queries.clusters.tables import notes_of_clusters

    return notes_of_clusters(answer, given)


@question(
    "clusters",
    "clusters",
    "clusters/{cluster}",
    group="链长制",
    slow="找供应网络的群落",
    book=_book,
    notes=_notes,
)
def clusters(view: "View", cluster: Annotated[Cluster | None, Word(positional=True)] = None) -> Clusters:
    """认定的产业集群(雁阵形、省级战略性新兴、特色等),与供应网络的群落对照: 一致程度、谁只在一边、谁连着几个群落。

    一致程度是调整互信息。供应网络没有说到的成员照实说没有,不算成 0。
    公布的总数与点了名的行对照;缺哪些行、用哪张空表填。示例另列。
    """
    from queries.clusters.clusters import make_clusters

    return make_clusters(view, cluster)
