"""What is told by a standard that comes with the program: administrative divisions, and the classes of industries.

A cell may name more of them than the graph holds. Those that are named, with all that contains them, are entered as
they stand in the standard.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from graph.model import Node
from graph.model.nodes import Industry, Region
from loaders.standards.industries import find_industry, industry_rows, words_of_industry
from loaders.standards.regions import find_region, region_rows, words_of_region


@dataclass(frozen=True)
class Standard:
    """A standard: the id of what a text means, or nothing; the rows of some ids with all that contains them; and the
    words by which only the thing of an id is known."""

    record: type[Node]
    find: Callable[[str], str | None]
    rows: Callable[[Iterable[str]], list[dict[str, str]]]
    words: Callable[[str], list[str]]


STANDARDS = {
    "region": Standard(Region, find_region, region_rows, words_of_region),
    "industries": Standard(Industry, find_industry, industry_rows, words_of_industry),
}
"""The standard behind each link column that has one."""
