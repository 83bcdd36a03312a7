"""What the cells of a list mean: places from several columns, amounts with unit and currency, periods, states.

``Listing`` is what is known of the table. Each reading takes the columns that it knows, those that begin with ``_``
away, and leaves the model's fields; where it reads something otherwise than it stands it says so in a note.
"""

import polars as pl

from loaders.files.sheets import ROW
from loaders.rows.readings.bill import read_maker, read_parts
from loaders.rows.readings.days import read_dates, read_period, read_year
from loaders.rows.readings.listing import Listing, Reading
from loaders.rows.readings.money import read_money
from loaders.rows.readings.persons import read_persons
from loaders.rows.readings.states import read_other_status, read_register, read_stage, read_steps
from loaders.rows.readings.words import (
    read_aliases,
    read_flags,
    read_industry,
    read_names,
    read_place,
    read_products,
    read_quantity,
    read_said,
)


def read_cells(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Return the rows of a table (text columns by field) with the model's fields, each cell read as what it means."""
    for reading in OF_EVERY if not listing.listing else (*OF_EVERY, *OF_LISTS):
        frame = reading(frame, listing)
    return frame.drop(name for name in frame.columns if name.startswith("_") and name != ROW)


OF_EVERY: tuple[Reading, ...] = (read_aliases, read_other_status, read_money, read_dates, read_parts)

OF_LISTS: tuple[Reading, ...] = (
    read_maker,
    read_names,
    read_flags,
    read_register,
    read_period,
    read_place,
    read_industry,
    read_products,
    read_year,
    read_stage,
    read_steps,
    read_quantity,
    read_said,
    read_persons,
)
