"""Made-up firms and supplies of any size, the same for every run: names 示例…,
out-degree 5, in-degree a truncated power law."""

from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from queries.networks.systemic_risk import SupplyNetwork

Places = NDArray[np.int64]

SUPPLIES = 5
PRODUCTS = 500


def make_network(firms: int, industries: int = 100, seed: int = 20261123) -> SupplyNetwork:
    """Build what ``draw_network`` draws."""
    return SupplyNetwork.build(**draw_network(firms, industries, seed))


def draw_network(firms: int, industries: int = 100, seed: int = 20261123) -> dict[str, Any]:
    """Return what ``SupplyNetwork.build`` takes.

    Truncated power-law out-degrees (exponent 2.3, cap 128, mean 8), no self-links, random essentiality.
    """
    random = np.random.default_rng(seed)
    degrees = np.arange(1, 129, dtype=np.float64)
    low = next(low for low in range(128) if _mean(degrees[low:]) >= 8)
    # Between two lowest degrees, mix them so that the mean is 8.
    share = (8 - _mean(degrees[low - 1 :])) / (_mean(degrees[low:]) - _mean(degrees[low - 1 :]))
    starts = low - 1 + (random.random(firms) < share)
    drawn = np.where(
        starts == low, _draw(random, degrees[low:], firms), _draw(random, degrees[low - 1 :], firms)
    ).astype(np.int64)
    supplier = np.repeat(np.arange(firms), drawn)
    buyer = (supplier + random.integers(1, firms, supplier.size)) % firms
    kinds = random.choice(3, (industries, industries), p=(0.3, 0.4, 0.3))
    amount, industry = random.lognormal(3, 1.5, supplier.size), random.integers(0, industries, firms)
    return {"supplier": supplier, "buyer": buyer, "amount": amount, "industry": industry, "essentiality": kinds}


def _mean(degrees: NDArray[np.float64]) -> float:
    return float((degrees * degrees**-2.3).sum() / (degrees**-2.3).sum())


def _draw(random: np.random.Generator, degrees: NDArray[np.float64], number: int) -> NDArray[np.float64]:
    return random.choice(degrees, number, p=degrees**-2.3 / (degrees**-2.3).sum())


def make_clusters(
    firms: int, size: int = 500, inside: float = 0.7, seed: int = 20261124
) -> tuple[Places, Places, Places]:
    """Return suppliers, customers and each firm's cluster: five links a firm, a
    share of them inside, firms unequally active.

    A firm's chance to be an end of a link goes with its activity (lognormal,
    sigma 1), so that many firms have few links or none.
    """
    random = np.random.default_rng(seed)
    cluster = np.sort(random.integers(0, max(firms // size, 1), firms))
    activity = np.concatenate([[0.0], np.cumsum(random.lognormal(0, 1, firms))])
    number = SUPPLIES * firms
    source = _place(activity, random.random(2 * number), 0, firms)
    inner = random.random(2 * number) < inside
    first = np.where(inner, np.searchsorted(cluster, cluster[source]), 0)
    last = np.where(inner, np.searchsorted(cluster, cluster[source], "right"), firms)
    target = _place(activity, random.random(2 * number), first, last)
    links = (
        pl.DataFrame({"s": source, "t": target})
        .filter(pl.col("s") != pl.col("t"))
        .unique(maintain_order=True)
        .head(number)
    )
    return links["s"].to_numpy(), links["t"].to_numpy(), cluster


def _place(
    activity: NDArray[np.float64], drawn: NDArray[np.float64], first: Places | int, last: Places | int
) -> Places:
    at = activity[first] + drawn * (activity[last] - activity[first])
    return np.clip(np.searchsorted(activity, at, "right") - 1, first, np.asarray(last) - 1)


def make_files(folder: Path, firms: int, seed: int = 20261123) -> tuple[Path, Path]:
    """Write ``enterprises.csv`` and ``supplies.csv`` for a number of firms,
    five supplies each, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    random = np.random.default_rng(seed)
    numbers = pl.Series("n", np.arange(firms))
    ids = pl.select(pl.concat_str(pl.lit("sample-"), numbers.cast(pl.String).str.zfill(8)).alias("id"))["id"]
    enterprises = pl.DataFrame(
        {
            "id": ids,
            "name": pl.select(pl.concat_str(pl.lit("示例"), numbers.cast(pl.String), pl.lit("号制造有限公司")))[
                "literal"
            ],
        }
    )
    proof = [pl.lit("sample-2026").alias("source"), pl.lit("sample").alias("status"), pl.lit("0.1").alias("confidence")]
    enterprises.with_columns(proof).write_csv(folder / "enterprises.csv")
    customers = np.repeat(np.arange(firms), SUPPLIES)
    # A supplier's number of customers falls off as a power law of exponent 2.3: draw suppliers by rank^(-1/1.3).
    ranks = np.arange(1, firms + 1, dtype=np.float64) ** (-1 / 1.3)
    suppliers = random.permutation(firms)[random.choice(firms, size=customers.size, p=ranks / ranks.sum())]
    edges = pl.DataFrame({"s": suppliers, "c": customers, "p": random.integers(0, PRODUCTS, customers.size)})
    edges = edges.filter(pl.col("s") != pl.col("c")).unique(maintain_order=True)
    table = edges.select(
        ids[edges["s"]].alias("supplier"),
        ids[edges["c"]].alias("customer"),
        pl.concat_str(pl.lit("示例产品"), pl.col("p").cast(pl.String)).alias("product"),
    )
    table.with_columns(proof).write_csv(folder / "supplies.csv")
    return folder / "enterprises.csv", folder / "supplies.csv"


EXPORT = (
    "企业名称", "登记状态", "法定代表人", "注册资本", "实缴资本", "成立日期", "核准日期", "营业期限", "所属省份", "所属城市", "所属区县",
    "统一社会信用代码", "纳税人识别号", "注册号", "组织机构代码", "企业类型", "国标行业门类", "国标行业大类", "参保人数", "曾用名", "英文名", "官网",
    "企业地址", "经营范围", "电话", "邮箱",
)  # fmt: skip
DISTRICTS = ("市南区", "市北区", "黄岛区", "崂山区", "李沧区", "城阳区", "即墨区", "胶州市", "平度市", "莱西市")
TRADES = (
    ("机械", "制造业", "通用设备制造业", "一般项目：通用设备制造（不含特种设备制造）；机械零件、零部件加工；机械设备销售。"),
    ("电器", "制造业", "电气机械和器材制造业", "一般项目：家用电器制造；家用电器研发；家用电器销售；货物进出口。"),
    ("软件", "信息传输、软件和信息技术服务业", "软件和信息技术服务业", "软件开发；信息系统集成服务；技术服务、技术开发、技术咨询。"),
    ("贸易", "批发和零售业", "批发业", "许可项目：食品销售。（依法须经批准的项目，经相关部门批准后方可开展经营活动）一般项目：日用百货销售；办公用品销售"),
)  # fmt: skip
LEGAL_FORMS = ("有限责任公司(自然人投资或控股)", "有限责任公司(自然人独资)", "其他股份有限公司(非上市)")
LICENCE = "（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）"


def make_export(folder: Path, firms: int, seed: int = 20261130) -> tuple[Path, Path]:
    """Write what a platform exports of a number of firms (names 示例…, codes of no district), and beside it
    ``enterprises.csv``: the same firms in our own form; return their paths."""
    random = np.random.default_rng(seed)
    numbers = pl.Series("n", np.arange(firms))

    def some(values: tuple[str, ...]) -> pl.Series:
        return pl.Series(values)[random.integers(0, len(values), firms)]

    def or_dash(share: float, value: pl.Expr | pl.Series) -> pl.Expr:
        return pl.when(pl.Series(random.random(firms) < share)).then(value).otherwise(pl.lit("-"))

    def number(low: int, high: int) -> pl.Expr:
        return pl.lit(pl.Series(random.integers(low, high, firms))).cast(pl.String)

    trade = random.integers(0, len(TRADES), firms)
    word, section, division, scope = (pl.Series(column)[trade] for column in zip(*TRADES, strict=True))
    n = pl.col("n").cast(pl.String)
    code = pl.concat_str(pl.lit("91379999MA"), n.str.zfill(7), pl.lit("X"))
    founded = pl.concat_str(number(1990, 2026), pl.lit("-"), number(1, 13).str.zfill(2), pl.lit("-15"))
    district = some(DISTRICTS)
    row = pl.DataFrame(numbers).select(
        pl.concat_str(pl.lit(some(("青岛", "", ""))), pl.lit("示例"), n, pl.lit("号"), pl.lit(word), pl.lit("有限公司")),
        pl.lit(some(("存续", "存续", "存续", "在业", "注销", "吊销，未注销"))).alias("1"),
        pl.lit("示例某").alias("2"),
        pl.concat_str(number(1, 9999), pl.lit(some(("万人民币", "万元人民币", "万元", "万美元")))).alias("3"),
        or_dash(0.5, pl.concat_str(number(1, 999), pl.lit("万人民币"))).alias("4"),
        founded.alias("5"),
        or_dash(0.9, pl.concat_str(number(2015, 2026), pl.lit("-06-30"))).alias("6"),
        pl.concat_str(founded, pl.lit("至无固定期限")).alias("7"),
        pl.lit("山东省").alias("8"),
        pl.lit("青岛市").alias("9"),
        pl.lit(district).alias("10"),
        or_dash(0.97, code).alias("11"),
        pl.lit("-").alias("12"),
        or_dash(0.9, pl.concat_str(pl.lit("3799"), n.str.zfill(11))).alias("13"),
        pl.lit("-").alias("14"),
        pl.lit(some(LEGAL_FORMS)).alias("15"),
        pl.lit(section).alias("16"),
        pl.lit(division).alias("17"),
        or_dash(0.6, number(1, 3000)).alias("18"),
        or_dash(0.1, pl.concat_str(pl.lit("示例"), n, pl.lit("号旧厂"))).alias("19"),
        or_dash(0.2, pl.concat_str(pl.lit("Shili No. "), n, pl.lit(" Co., Ltd."))).alias("20"),
        or_dash(0.2, pl.concat_str(pl.lit("www.shili"), n, pl.lit(".example.cn"))).alias("21"),
        pl.concat_str(
            pl.lit("山东省青岛市"), pl.lit(district), pl.lit(some(("", "", "示例街道", "示例镇"))), pl.lit("示例路"), n,
            pl.lit("号"),
        ).alias("22"),
        pl.concat_str(pl.lit(scope), pl.lit(LICENCE)).alias("23"),
        or_dash(0.9, pl.concat_str(pl.lit("0532-"), n.str.zfill(8))).alias("24"),
        or_dash(0.5, pl.concat_str(pl.lit("s"), n, pl.lit("@example.cn"))).alias("25"),
    )  # fmt: skip
    row.columns = [*EXPORT]
    for place in ("export", "ours"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    row.write_csv(folder / "export" / "导出.csv", include_bom=True)
    said = {
        "name": "企业名称",
        "uscc": "统一社会信用代码",
        "aliases": "曾用名",
        "english_name": "英文名",
        "website": "官网",
    }
    said |= {"founded_on": "成立日期", "address": "企业地址", "business_scope": "经营范围", "legal_form": "企业类型"}
    ours = row.select(
        pl.concat_str(pl.lit("sample-"), numbers.cast(pl.String).str.zfill(8)).alias("id"),
        *(pl.col(head).replace("-", None).alias(name) for name, head in said.items()),
        pl.lit("示例导出 2026-11-20").alias("source"),
        pl.lit("reported").alias("status"),
    )
    ours.write_csv(folder / "ours" / "enterprises.csv")
    return folder / "export" / "导出.csv", folder / "ours" / "enterprises.csv"
