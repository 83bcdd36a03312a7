"""What the command, the route and the page do alike: firms of the graph placed, placements judged."""

from collections.abc import Iterator

from api.core.people import Person
from graph.model.edges import OperatesIn, Produces
from graph.stores import Store
from loaders.placements import InferredPlace, WrittenPlaces, write_places
from loaders.report import Step, silent
from queries.core.view import View
from queries.placing.answers import Sureness
from queries.placing.city import infer_places
from queries.placing.judge import Placement
from queries.placing.yardstick import read_yardstick

WHO = "企业上链"


def place_graph(store: Store, person: Person, step: Step = silent) -> WrittenPlaces:
    """Place the firms of a graph, and write what is new or another than before."""
    view = View.of(store).whole
    return write_places(store, _inferred(view, step), person.name, step)


def _inferred(view: View, step: Step) -> Iterator[InferredPlace]:
    yardstick = read_yardstick(view)
    for number, one in enumerate(infer_places(view), 1):
        if number % 1_000 == 0:
            step(WHO, number)
        for placement in one.segments:
            of = yardstick.places[int(placement.of)].id
            yield InferredPlace(OperatesIn, one.firm.id, of, placement.score, _why(placement), one.basis)
        for placement in one.products:
            if (
                placement.level is not Sureness.low
            ):  # a firm that is said to make what it does not costs an officer a call
                yield InferredPlace(
                    Produces, one.firm.id, str(placement.of), placement.score, _why(placement), one.basis
                )


def _why(placement: Placement) -> str:
    return "；".join(placement.why)
