"""Systems of industries: one lists chains, another sectors; several may hold side by side, each in its own time."""

from graph.model.base import Edge, Link, Node, TypeInfo, column
from graph.model.edges import joins
from graph.model.kinds import OptNames, OptText
from graph.model.nodes import CHAINS, REGION


class System(Node):
    """产业体系: how a city divides its industries; ``valid_from`` and ``valid_to`` say from when until when."""

    table = TypeInfo(
        "systems",
        "产业体系",
        "sys",
        searched=21,
        expected=(("in", "IN_SYSTEM"), ("out", "LOCATED_IN")),
        links=(REGION,),
    )


class Sector(Node):
    """产业门类: one industry of a system that is no chain here; the chains that it is on are what it comes to among
    the chains."""

    table = TypeInfo(
        "sectors",
        "产业门类",
        "sec",
        key=("name", "system"),
        searched=22,
        expected=(("out", "ON_CHAIN"), ("out", "IN_SYSTEM")),
        links=(Link("system", "产业体系", "IN_SYSTEM"), CHAINS),
    )
    group: OptText = column("分组", hint="体系里的大类，如先导产业、新兴产业、优势产业、未来产业")
    tracks: OptNames = column("细分赛道")


class InSystem(Edge):
    """属于产业体系: a chain or a sector is one of a system's."""

    table = joins(
        "体系归属",
        ("Chain", "System"),
        ("Sector", "System"),
        columns=(("subject", "产业链或产业门类"), ("system", "产业体系")),
        words=("所属产业体系", "体系里的产业链与门类"),
    )
