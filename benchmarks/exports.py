"""What a platform exports of any number of firms, beside our own form of the same: names 示例…, codes of nowhere."""

from pathlib import Path

import numpy as np
import polars as pl

HEADS = (
    *[
        "企业名称",
        "登记状态",
        "法定代表人",
        "注册资本",
        "实缴资本",
        "成立日期",
        "核准日期",
        "营业期限",
        "所属省份",
        "所属城市",
        "所属区县",
    ],
    *[
        "统一社会信用代码",
        "纳税人识别号",
        "注册号",
        "组织机构代码",
        "企业类型",
        "国标行业门类",
        "国标行业大类",
        "参保人数",
        "曾用名",
        "英文名",
        "官网",
    ],
    *["企业地址", "经营范围", "电话", "邮箱"],
)
DISTRICTS = ("市南区", "市北区", "黄岛区", "崂山区", "李沧区", "城阳区", "即墨区", "胶州市", "平度市", "莱西市")
PLACES = ("", "", "示例街道", "示例镇")
STATES = ("存续", "存续", "存续", "在业", "注销", "吊销，未注销")
MONEY = ("万人民币", "万元人民币", "万元", "万美元")
LEGAL_FORMS = ("有限责任公司(自然人投资或控股)", "有限责任公司(自然人独资)", "其他股份有限公司(非上市)")
SECTIONS = {"机械": "制造业", "电器": "制造业", "软件": "信息传输、软件和信息技术服务业", "贸易": "批发和零售业"}
DIVISIONS = {"机械": "通用设备制造业", "电器": "电气机械和器材制造业", "软件": "软件和信息技术服务业", "贸易": "批发业"}
SCOPES = {
    "机械": "一般项目：通用设备制造（不含特种设备制造）；机械零件、零部件加工；机械设备销售。",
    "电器": "一般项目：家用电器制造；家用电器研发；家用电器销售；货物进出口。",
    "软件": "软件开发；信息系统集成服务；技术服务、技术开发、技术咨询。",
    "贸易": "许可项目：食品销售。（须经批准的项目，经批准后方可开展经营活动）一般项目：日用百货、办公用品销售",
}
LICENCE = "（除依法须经批准的项目外，凭营业执照依法自主开展经营活动）"
SOURCE = "示例导出 2026-11-20"
SAID = {  # the fields of our form that stand in the export as they are
    "name": "企业名称", "registration_state": "登记状态", "founded_on": "成立日期", "uscc": "统一社会信用代码",
    "registration_number": "注册号", "legal_form": "企业类型", "industries": "国标行业大类", "insured": "参保人数",
    "aliases": "曾用名", "english_name": "英文名", "website": "官网", "address": "企业地址",
    "business_scope": "经营范围",
}  # fmt: skip


def make_export(folder: Path, firms: int, seed: int = 20261130) -> tuple[Path, Path]:
    """Write the export of some firms into ``export`` and the same firms as our form into ``ours``; return both."""
    random = np.random.default_rng(seed)
    n = pl.col("n")

    def some(values: tuple[str, ...]) -> pl.Expr:
        return pl.lit(pl.Series(values)[random.integers(0, len(values), firms)])

    def number(low: int, high: int) -> pl.Expr:
        return pl.lit(pl.Series(random.integers(low, high, firms)).cast(pl.String))

    def or_dash(share: float, *parts: pl.Expr | str) -> pl.Expr:
        return pl.when(pl.lit(pl.Series(random.random(firms) < share))).then(text(*parts)).otherwise(pl.lit("-"))

    def text(*parts: pl.Expr | str) -> pl.Expr:
        return pl.concat_str([pl.lit(part) if isinstance(part, str) else part for part in parts])

    base = pl.DataFrame({"n": pl.Series(range(firms)).cast(pl.String)}).with_columns(
        some((*SCOPES,)).alias("trade"),
        some(DISTRICTS).alias("district"),
        text(number(1990, 2026), "-", number(1, 13).str.zfill(2), "-15").alias("day"),
    )
    trade, district, day = pl.col("trade"), pl.col("district"), pl.col("day")
    cells = (
        *(text(some(("青岛", "", "")), "示例", n, "号", trade, "有限公司"), some(STATES), pl.lit("示例某")),
        *(text(number(1, 9999), some(MONEY)), or_dash(0.5, number(1, 999), "万人民币"), day),
        *(
            or_dash(0.9, number(2015, 2026), "-06-30"),
            text(day, "至无固定期限"),
            pl.lit("山东省"),
            pl.lit("青岛市"),
            district,
        ),
        *(
            or_dash(0.97, "91379999MA", n.str.zfill(7), "X"),
            pl.lit("-"),
            or_dash(0.9, "3799", n.str.zfill(11)),
            pl.lit("-"),
        ),
        *(some(LEGAL_FORMS), trade.replace_strict(SECTIONS), trade.replace_strict(DIVISIONS)),
        *(
            or_dash(0.6, number(1, 3000)),
            or_dash(0.1, "示例", n, "号旧厂"),
            or_dash(0.2, "Shili No. ", n, " Co., Ltd."),
        ),
        *(or_dash(0.2, "www.shili", n, ".example.cn"), text("山东省青岛市", district, some(PLACES), "示例路", n, "号")),
        *(text(trade.replace_strict(SCOPES), LICENCE), or_dash(0.9, "0532-", n.str.zfill(8))),
        or_dash(0.5, "s", n, "@example.cn"),
    )
    rows = base.select(cell.alias(head) for head, cell in zip(HEADS, cells, strict=True))
    for place in ("export", "ours"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    rows.write_csv(folder / "export" / "导出.csv", include_bom=True)
    rows.select(
        base.select(text("sample-", n.str.zfill(8)).alias("id")).to_series(),
        *(pl.col(head).replace("-", None).alias(name) for name, head in SAID.items()),
        text(pl.col("注册资本").str.extract(r"^(\d+)"), "0000").alias("capital"),
        text("山东省/青岛市/", pl.col("所属区县")).alias("region"),
        pl.lit(SOURCE).alias("source"),
    ).write_csv(folder / "ours" / "enterprises.csv")
    return folder / "export", folder / "ours"
