"""Next steps of a chain (延链): products that are not made here, near to what is, by product-space relatedness."""

from collections.abc import Iterable

import numpy as np
import polars as pl
from scipy.sparse import csr_array

from queries.city.city import City
from queries.city.facts import Facts
from queries.gaps.answers import Extension, Near
from queries.gaps.rules import Rules
from queries.gaps.verdict import Verdict
from queries.networks.relatedness import density, proximity

NEAREST = 3


def find_extensions(facts: Facts, verdicts: Iterable[Verdict], rules: Rules) -> list[Extension]:
    """Return the chain's products that no local firm is known to make and that are near enough, the nearest first."""
    places = [verdict for verdict in verdicts if verdict.place.label == "Product" and not verdict.measures.firms]
    products, matrix = production(facts.city)
    if not places or not products:
        return []
    column = {product: number for number, product in enumerate(products)}
    near = proximity(matrix)
    held = np.isin(products, sorted(facts.all_makers))
    nearness = density(near, held)
    extensions = []
    for place in places:
        number = column.get(place.place.id)
        if number is None or nearness[number] < rules.action.near.value:
            continue
        row = near[[number], :].toarray()[0] * held
        best = [index for index in np.lexsort((products, -row))[:NEAREST] if row[index] > 0]
        extensions.append(
            Extension(
                product=place.place.name,
                product_id=place.place.id,
                segment=facts.city.names["Segment"].get(place.place.segments[0], ""),
                state=place.state,
                density=round(float(nearness[number]), 4),
                near=[
                    Near(product=facts.product_names[products[index]], proximity=round(float(row[index]), 4))
                    for index in best
                ],
            )
        )
    return sorted(extensions, key=lambda step: (-step.density, step.product_id))


def production(city: City) -> tuple[list[str], "csr_array[np.float64]"]:
    """Return the products that anybody makes, and which firm makes which, as a binary matrix (firms × products)."""
    made = city.going("PRODUCES").select("from", "to").unique()
    firms, products = made["from"].unique().sort(), made["to"].unique().sort()
    row, column = (
        made[name].cast(pl.Enum(ends)).to_physical().to_numpy() for name, ends in (("from", firms), ("to", products))
    )
    return products.to_list(), csr_array((np.ones(len(made)), (row, column)), shape=(len(firms), len(products)))
