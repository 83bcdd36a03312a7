"""The files of a systemic risk run: edges, firms, essentiality in, scores out
(CSV, the form of the authors' programs)."""

import io
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from graph.encodings import find_encoding, open_text, plain_text, told_line
from graph.errors import InputError
from graph.outputs import writing
from queries.networks.cascade_arrays import Floats
from queries.networks.systemic_risk import Risk, SupplyNetwork

SEPARATORS = ",\t;"
# What a column may be called beside the name of the authors' programs.
WORDS = {
    "supplier": ("供应商", "供应企业"),
    "buyer": ("客户", "采购方", "采购企业"),
    "amount": ("金额", "采购额", "交易额"),
    "firm": ("企业", "企业名称"),
    "industry": ("行业", "行业代码"),
    "capacity": ("产能",),
    "weight": ("权重",),
}


@dataclass(frozen=True)
class NamedNetwork:
    """A network with its firms' names, in the order of the firms' file."""

    network: SupplyNetwork
    firms: pl.Series


def read_network(edges: Path, firms: Path, essentiality: Path) -> NamedNetwork:
    """Read ``supplier,buyer,amount``, ``firm,industry`` and a matrix of
    industries (rows supply, columns buy; 0, 1, 2)."""
    firm, industry = _columns(firms, "firm", "industry")
    _once(firms, firm)
    matrix = _table(essentiality)
    rows, names = matrix.to_series(0).rename("industry"), matrix.columns[1:]
    _once(essentiality, rows)
    if rows.to_list() != names:
        raise InputError(
            f"{essentiality}: 第一列的行业应与表头的行业相同、次序相同;行是 {_few(rows.to_list())},列是 {_few(names)}"
        )
    kinds = np.column_stack([_amounts(essentiality, matrix[name]) for name in names])
    supplier, buyer, amount = _columns(edges, "supplier", "buyer", "amount")
    sellers, buyers = (_places(edges, ends, firm, f"{firms} 里没有这家企业") for ends in (supplier, buyer))
    places = _places(firms, industry, rows, f"{essentiality} 里没有这个行业")
    try:
        return NamedNetwork(SupplyNetwork.build(sellers, buyers, _amounts(edges, amount), places, kinds), firm)
    except InputError as error:
        raise InputError(f"{edges}: {error.message}") from error


def read_levels(path: Path, column: str, firms: pl.Series, otherwise: float | None) -> Floats:
    """Read ``firm`` and a number for each, in the order of the firms;
    ``otherwise``: what the firms count that are not named."""
    firm, value = _columns(path, "firm", column)
    _once(path, firm)
    places = _places(path, firm, firms, "企业文件里没有这家企业")
    if otherwise is None and len(places) < len(firms):
        missing = firms.filter(~firms.is_in(firm.implode()))
        raise InputError(f"{path}: 缺少 {len(missing)} 家企业的 {column},如 {_few(missing.to_list())}")
    numbers = np.full(len(firms), np.nan if otherwise is None else otherwise)
    numbers[places] = _amounts(path, value)
    return numbers


def write_risk(path: Path, names: pl.Series, risk: Risk) -> None:
    """Write a row for each scenario that was computed: its name, the score, and
    what lost inputs and lost demand do alone."""
    table = pl.DataFrame(
        {names.name: names, "esri": risk.esri, "downstream": risk.downstream, "upstream": risk.upstream}
    )
    with writing(path) as fresh:
        table.filter(pl.Series(risk.done)).write_csv(fresh)


def _table(path: Path) -> pl.DataFrame:
    """Read a CSV in any encoding in which ``load`` reads one."""
    try:
        text = _text(path)
        separator = max(SEPARATORS, key=text.partition("\n")[0].count)
        return (
            pl.read_csv(text.encode(), separator=separator, infer_schema=False, empty_string_is_null=False)
            if text
            else pl.DataFrame()
        )
    except InputError as error:
        raise InputError(f"{path}: {error.message}") from error
    except OSError as error:
        raise InputError(f"{path}: 读不了这个文件: {error.strerror or error}") from error
    except pl.exceptions.PolarsError as error:
        raise InputError(f"{path}: 不是可读的 CSV: {str(error).splitlines()[0]}") from error


def _text(path: Path) -> str:
    encoding = find_encoding(path)
    with open_text(path, encoding) as stream:
        text = stream.read()
    plain = plain_text(text, encoding)
    if plain is None:
        lines = enumerate((told_line(line, encoding)[1] for line in io.StringIO(text, newline="")), 1)
        number, told = next((number, told) for number, told in lines if told)
        raise InputError(f"第 {number} 行: {told}")
    return plain


def _columns(path: Path, *wanted: str) -> list[pl.Series]:
    table = _table(path)
    heads = {head.strip().lower(): head for head in table.columns}
    found = {name: next((heads[word] for word in (name, *WORDS[name]) if word in heads), None) for name in wanted}
    if missing := [name for name, head in found.items() if head is None]:
        zh = ",".join(WORDS[name][0] for name in wanted)
        raise InputError(
            f"{path}: 缺少列 {'、'.join(missing)};应有 {','.join(wanted)}({zh}),这里是 {_few(table.columns)}"
        )
    return [table[head or ""].str.strip_chars().alias(name) for name, head in found.items()]


def _once(path: Path, names: pl.Series) -> None:
    if names.n_unique() < len(names):
        row = int(names.is_first_distinct().not_().arg_true()[0])
        raise InputError(f"{path}: 第 {row + 2} 行的 {names.name} {names[row]!r} 已经出现过")


def _places(path: Path, values: pl.Series, among: pl.Series, otherwise: str) -> NDArray[np.int64]:
    table = pl.DataFrame({"value": among, "place": np.arange(len(among))})
    places = values.to_frame("value").join(table, on="value", how="left", maintain_order="left")["place"]
    if places.null_count():
        row = int(places.is_null().arg_true()[0])
        raise InputError(f"{path}: 第 {row + 2} 行的 {values.name} {values[row]!r}: {otherwise}")
    return places.to_numpy()


def _amounts(path: Path, values: pl.Series) -> Floats:
    numbers = values.str.replace_all(r"[,，]", "").cast(pl.Float64, strict=False)
    wrong = numbers.is_null() | ~numbers.is_finite()
    if wrong.any():
        row = int(wrong.arg_true()[0])
        raise InputError(f"{path}: 第 {row + 2} 行的 {values.name} {values[row]!r} 不是数字")
    return numbers.to_numpy()


def _few(names: list[str]) -> str:
    return ",".join(names[:5]) + ("…" if len(names) > 5 else "")
