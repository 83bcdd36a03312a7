"""The question about the declared clusters beside the communities of the supply graph."""

from typing import TYPE_CHECKING, Annotated

from queries.clusters.answers import Clusters
from queries.clusters.tables import book_of_clusters, notes_of_clusters
from queries.core.question import Word, question
from queries.names.arguments import Cluster

if TYPE_CHECKING:
    from queries.core.view import View


@question(
    "clusters",
    "clusters",
    "clusters/{cluster}",
    group="链长制",
    slow="找供应网络的群落",
    book=book_of_clusters,
    notes=notes_of_clusters,
)
def clusters(view: "View", cluster: Annotated[Cluster | None, Word(positional=True)] = None) -> Clusters:
    """认定的产业集群(雁阵形、省级战略性新兴、特色等),与供应网络的群落对照: 一致程度、谁只在一边、谁连着几个群落。

    一致程度是调整互信息。供应网络没有说到的成员照实说没有,不算成 0。
    公布的总数与点了名的行对照;缺哪些行、用哪张空表填。示例另列。
    """
    from queries.clusters.clusters import make_clusters

    return make_clusters(view, cluster)
