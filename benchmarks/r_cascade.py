"""The authors' programs in R beside our systemic risk, on the same network and firms, where they are installed."""

import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.data import draw_network
from queries.networks.systemic_risk import SupplyNetwork, systemic_risk

SCRIPT = Path(__file__).with_name("gl_cascade.R")


def has_r() -> bool:
    """Return whether R is there with the authors' packages."""
    packages = "library(GLcascade); library(fastcascade); library(Matrix)"
    return (
        bool(shutil.which("Rscript"))
        and not subprocess.run(["Rscript", "-e", packages], capture_output=True, check=False).returncode
    )


def risk_r(folder: str, firms: str, closed: str) -> dict[str, Any]:
    """Close firms with both programs, one thread, with substitution:
    milliseconds a firm, and how far the scores are apart."""
    if not has_r():
        return {}
    drawn = draw_network(int(firms))
    write_network(Path(folder), drawn)
    chosen = np.random.default_rng(1).permutation(int(firms))[: int(closed)]
    asked = ["Rscript", str(SCRIPT), folder, ",".join(map(str, chosen))]
    told = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    lines = told[told.index("measured ") :].split("\n")
    theirs = np.array(lines[1 : len(chosen) + 1], dtype=np.float64)
    network = SupplyNetwork.build(**drawn)
    systemic_risk(network, chosen[:1], threads=1)
    start = time.perf_counter()
    ours = systemic_risk(network, chosen, threads=1).esri
    each = (time.perf_counter() - start) / len(chosen) * 1000
    theirs_each = float(lines[0].split()[1])
    return {"r_ms": theirs_each, "ms": each, "ratio": theirs_each / each, "apart": float(np.abs(ours - theirs).max())}


def write_network(folder: Path, drawn: dict[str, Any]) -> None:
    """Write edges.csv, firms.csv and essentiality.csv, as the command and the authors' programs read them."""
    folder.mkdir(parents=True, exist_ok=True)
    pl.DataFrame({name: drawn[name] for name in ("supplier", "buyer", "amount")}).write_csv(folder / "edges.csv")
    pl.DataFrame({"firm": np.arange(len(drawn["industry"])), "industry": drawn["industry"]}).write_csv(
        folder / "firms.csv"
    )
    matrix = pl.DataFrame(drawn["essentiality"], schema=[str(kind) for kind in range(len(drawn["essentiality"]))])
    matrix.insert_column(0, pl.Series("industry", np.arange(len(matrix)))).write_csv(folder / "essentiality.csv")
