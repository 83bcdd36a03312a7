"""What is said of persons: kept only where asked for, and masked."""

import re

import polars as pl

from loaders.files.heads import KEPT
from loaders.layouts.spelling import clean_head
from loaders.rows.readings.listing import Listing, text_of


def read_persons(frame: pl.DataFrame, listing: Listing) -> pl.DataFrame:
    """Keep what was asked for of persons: masked, under its head, with what it is for."""
    names = [name for name in frame.columns if name.startswith(KEPT)]
    if not names:
        return frame
    entries: list[pl.Expr] = []
    for name in names:
        head = listing.heads.get(name, "")
        purpose = listing.purposes.get(clean_head(head), "")
        masked = text_of(name).map_elements(mask, return_dtype=pl.String)
        entries.append(pl.concat_str(pl.lit(f"{head}："), masked, pl.lit(f"（{purpose}）")))
    return frame.with_columns(
        pl.concat_str(entries, separator=";", ignore_nulls=True).replace("", None).alias("contacts")
    )


def mask(text: str) -> str:
    """Return a name, a number or an address of mail as anybody may see it: 张*, 138****00, a***@example.cn."""
    parts = re.split(r"[;；,，、\s]+", text.strip())
    return " / ".join(_masked(part) for part in parts if part)


def _masked(part: str) -> str:
    if "@" in part:
        name, _, host = part.partition("@")
        return f"{name[:1]}***@{host}"
    if sum(sign.isdigit() for sign in part) >= 5:
        return f"{part[:3]}****{part[-2:]}"
    return part[:1] + "*" * max(1, min(len(part) - 1, 3))
