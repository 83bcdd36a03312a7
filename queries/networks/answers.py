"""The shapes of the answers about networks: the structure of the supply network, and how well links are found again."""

from pydantic import Field

from queries.core.answers import Answer, Named

Interval = tuple[float, float | None, float | None]


class Measured(Answer):
    """A firm and its measure."""

    firm: Named
    value: float


class Bridge(Answer):
    """A link of which the loss cuts the network apart."""

    one: Named
    other: Named


class SupplyStructure(Answer):
    """The structure of the supply network; lists hold at most as many entries as were asked for, counts are of all."""

    firms: int
    links: int
    single_points: list[Named] = Field(description="articulation points of the undirected network")
    single_points_count: int
    bridges: list[Bridge]
    bridges_count: int
    loops: list[list[Named]] = Field(description="strong components of two firms and more, the largest first")
    pagerank: list[Measured]
    betweenness: list[Measured] = Field(description="from at most 200 sampled sources")
    communities: list[list[Named]] = Field(description="of two firms and more, the largest first (Leiden, modularity)")
    communities_count: int
    cluster_agreement: float | None = Field(
        description="adjusted mutual information with the declared clusters; null without any"
    )
    cluster_memberships: int


class MethodMeasured(Answer):
    """One method on one part of the hidden links: means over the seeds, each
    with its 95 % interval (Student's t over the seeds)."""

    method: str
    asked: str
    hidden: float
    mrr: Interval
    recall: dict[int, Interval]


class BackTest(Answer):
    """The measures of all methods, or ``too_few``: why there are none."""

    links: int
    firms: int
    items: int
    seeds: int
    measures: list[MethodMeasured]
    too_few: str | None = None


class RiskAnswer(Answer):
    """The systemic risk of each firm's closing, in the order of the firms."""

    esri: list[float]
    downstream: list[float]
    upstream: list[float]
