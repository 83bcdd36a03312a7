"""A small made-up chain for the tests of weak links: files written anew for each, loaded into any store."""

import csv
from pathlib import Path
from typing import Any

from graph.stores import Store
from loaders.run import load

TODAY = "2026-11-24"
BASE: dict[str, list[dict[str, Any]]] = {
    "sources": [
        {"id": "s1", "name": "示例名录", "status": "sample"},
        {"id": "s2", "name": "示例普查", "status": "confirmed"},
    ],
    "regions": [
        {"id": "land", "name": "示例国"},
        {"id": "city", "name": "示例城", "parent": "land"},
        {"id": "ward", "name": "示例区", "parent": "city"},
        {"id": "else", "name": "示例外城", "parent": "land"},
    ],
    "chains": [{"id": "demo", "name": "示例链", "region": "city"}],
    "segments": [
        {"id": "demo.raw", "name": "原料", "chain": "demo", "tier": "上游", "feeds": "demo.part"},
        {"id": "demo.part", "name": "部件", "chain": "demo", "tier": "中游", "feeds": "demo.whole"},
        {"id": "demo.whole", "name": "整机", "chain": "demo", "tier": "下游"},
    ],
    "products": [
        {"id": "ore", "name": "矿石", "segments": "demo.raw"},
        {"id": "foil", "name": "箔材", "segments": "demo.raw"},
        {"id": "chip", "name": "芯片件", "segments": "demo.part"},
        {"id": "motor", "name": "电机件", "segments": "demo.part"},
        {"id": "car", "name": "整车件", "segments": "demo.whole"},
    ],
    "input_to": [
        {"input": "ore", "product": "chip", "essential": "true"},
        {"input": "foil", "product": "motor", "essential": "true"},
        {"input": "chip", "product": "car", "essential": "true"},
        {"input": "motor", "product": "car", "essential": "true"},
    ],
    "enterprises": [],
    "coverages": [],
    "leads": [],
    "supplies": [],
    "needs": [],
    "offers": [],
    "seeks_partner": [],
    "recommends": [],
    "matched": [],
}


def firm(id: str, *, region: str = "ward", products: str = "", segments: str = "", **more: str) -> dict[str, Any]:
    return {"id": id, "name": f"示例{id}号公司", "region": region, "products": products, "segments": segments, **more}


def look(segments: str, region: str = "city", **more: str) -> dict[str, Any]:
    return {"name": f"示例普查{segments}{region}", "segments": segments, "region": region, "as_of": "2026-06", **more}


def put(store: Store, folder: Path, **rows: list[dict[str, Any]]) -> Store:
    """Load the base with other rows of some kinds, or of kinds besides, into a store."""
    folder.mkdir(parents=True, exist_ok=True)
    for kind, table in (BASE | rows).items():
        if table:
            proof = {"source": "s1", "status": "reported"} if kind != "sources" else {}
            whole = [proof | row for row in table]
            heads = list(dict.fromkeys(head for row in whole for head in row))
            with (folder / f"{kind}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.DictWriter(file, heads, restval="")
                writer.writeheader()
                writer.writerows(whole)
    report = load([folder], store)
    assert not report.bad, report.rejected[:5]
    return store
