"""What a relation can lie between by the model, and what to write instead of one that can lie nowhere."""

from graph.cypher import syntax
from graph.cypher.kinds import Kind, records
from graph.model import EDGE_TYPES, ends_of

Labels = tuple[str, ...] | None
Ends = set[tuple[str, str, str]]


def possible(kind: Kind, towards: str, left: Labels, right: Labels) -> Ends:
    """Return what one relation between these labels can be: its type and the labels at its ends."""
    ends = set()
    for record in records(kind):
        edge = EDGE_TYPES[record.type_name]  # type: ignore[attr-defined]
        for start, end in ends_of(edge):
            forward = (left is None or start in left) and (right is None or end in right)
            backward = (right is None or start in right) and (left is None or end in left)
            if (towards != "<" and forward) or (towards != ">" and backward):
                ends.add((edge.type_name, start, end))
    return ends


def of_steps(kind: Kind, towards: str, left: Labels, right: Labels) -> Ends:
    """Return what the relations of several steps between these labels can be."""
    return _walked(kind, towards, left, True) & _walked(kind, towards, right, False)


def _walked(kind: Kind, towards: str, labels: Labels, onwards: bool) -> Ends:
    """Return what can be passed from these labels onwards, or back from them."""
    passed: Ends = set()
    while True:
        reached = possible(kind, towards, labels, None) if onwards else possible(kind, towards, None, labels)
        if labels is None or reached <= passed:
            return passed | reached
        passed |= reached
        places = (1, 2) if not towards else (2,) if (towards == ">") == onwards else (1,)
        labels = tuple({*labels, *(pair[place] for pair in reached for place in places)})


def is_nowhere(kind: Kind, relation: syntax.RelationPattern, left: Labels, right: Labels) -> bool:
    """Tell whether a relation, of one step or several, can never be there."""
    hops = relation.hops
    if hops is None or (hops.low == 1 and hops.high == 1):
        return not possible(kind, relation.towards, left, right)
    return not possible(kind, relation.towards, left, None) or not possible(kind, relation.towards, None, right)


def instead(kind: Kind, relation: syntax.RelationPattern, names: tuple[str, str], left: Labels, right: Labels) -> str:
    """Return what to say of a relation that can never be there: between what it lies, and how it is written."""
    pairs = dict[str, list[str]]()
    for word in relation.types[:4]:
        for start, end in ends_of(EDGE_TYPES[word]):
            pairs.setdefault(f"{word} 从 {start} 到 ", []).append(end)
    lies = ";".join(f"{begin}{'、'.join(ends)}" for begin, ends in list(pairs.items())[:6])
    said = (
        f"这个关系在图里不会有: {lies}"
        if lies
        else f"图里没有从 {_shown(left)} 到 {_shown(right)} 的关系,见 lianzhang schema"
    )
    opposite = {">": "<", "<": ">", "": ""}[relation.towards]
    if opposite and possible(kind, opposite, left, right):
        nodes = [
            f"({name}{':' if labels else ''}{'|'.join(labels or ())})"
            for name, labels in zip(names, (left, right), strict=True)
        ]
        types = f"[:{'|'.join(relation.types)}]" if relation.types else ""
        return f"{said}。方向反了,写作 {nodes[0]}{'<' * (opposite == '<')}-{types}-{'>' * (opposite == '>')}{nodes[1]}"
    return f"{said}。请改标签或关系类型"


def _shown(labels: Labels) -> str:
    return "任何节点" if labels is None else "、".join(labels)
