"""Made parts lists of many shapes, each with the answer that a person reads off it; and the city that they are read in.

Home is 青岛市; 山东省 contains it and does not tell it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import xlsxwriter
from layout_parts import save
from view_parts import under

from graph.model.parts import Part
from graph.stores import Store
from loaders.report import Report
from loaders.run import Options, load
from queries.local_share.answers import LocalShare, ShareOf
from queries.local_share.share import local_share

SOURCE = "示例电冰箱零件清单 2026-06"
LEADER = "示例链主"
HERE, AWAY, ASKED = "本地", "外地", "没问过"
CITY = {
    "sources.csv": "id,name,source,status\ns,示例文件,s,confirmed\n",
    "regions.csv": """id,name,code,parent,source,status
cn-sd,山东省,370000,,s,confirmed
qd,青岛市,370200,cn-sd,s,confirmed
jz,胶州市,370281,qd,s,confirmed
hd,黄岛区,370211,qd,s,confirmed
yt,烟台市,370600,cn-sd,s,confirmed
sz,苏州市,320500,,s,confirmed
""",
    "chains.csv": "id,name,region,source,status\ncold,示例冷链电器,qd,s,confirmed\nbare,空链,qd,s,confirmed\n",
    "segments.csv": "id,name,chain,source,status\nin,部件,cold,s,confirmed\nout,整机,cold,s,confirmed\n",
    "products.csv": """id,name,aliases,segments,source,status
fridge,电冰箱,冰箱,out,s,curated
comp,压缩机,制冷压缩机;变频压缩机,in,s,curated
cool,制冷系统,,in,s,curated
seal,冰箱门封条,磁性门封,in,s,curated
board,主控板,电控板,in,s,curated
ntc,温度传感器,,in,s,curated
wire,线束,,in,s,curated
""",
    "enterprises.csv": """id,name,short_name,region,source,status
lead,示例链主电器股份有限公司,示例链主,hd,s,confirmed
two,示例次链主股份有限公司,示例次链主,hd,s,confirmed
own,示例自己人有限公司,,qd,s,confirmed
jzc,示例胶州压缩机有限公司,,jz,s,confirmed
hdb,示例黄岛电子有限公司,,hd,s,confirmed
szb,示例苏州电子有限公司,,sz,s,confirmed
sd,示例省内某厂,,cn-sd,s,confirmed
gone,示例没有地址有限公司,,,s,confirmed
""",
    "leads.csv": "enterprise,chain,source,status\nlead,cold,s,confirmed\ntwo,cold,s,confirmed\n",
    "produces.csv": """enterprise,product,source,status
lead,fridge,s,confirmed
jzc,comp,s,confirmed
hdb,board,s,confirmed
szb,board,s,confirmed
""",
}


@dataclass(frozen=True)
class MadeList:
    """A parts list and what a person reads off it: each part that is bought with where, what is no purchase, and the
    bounds in per cent; of money None where no amount is stated."""

    name: str
    rows: Sequence[Sequence[Any]]
    bought: Mapping[str, str]
    count: tuple[int, int]
    value: tuple[int, int] | None
    skipped: frozenset[str] = frozenset()
    file: str = "清单.csv"
    merged: tuple[tuple[int, int, int, int, str], ...] = ()
    no_amount: int = 0


H = ["层级", "物料名称", "单台用量", "年采购额(万元)", "供应商", "产地"]
TEN = {
    **dict.fromkeys(("甲一", "甲二", "甲三", "甲四"), HERE),
    **dict.fromkeys(("乙一", "乙二", "乙三"), AWAY),
    **dict.fromkeys(("丙一", "丙二", "丙三"), ASKED),
}
LISTS = [
    MadeList(
        "ten of ten each",
        [
            H,
            *([1, name, 1, 10, f"示例{name}厂", "青岛市"] for name in ("甲一", "甲二", "甲三", "甲四")),
            *([1, name, 1, 10, f"示例{name}厂", "江苏苏州"] for name in ("乙一", "乙二", "乙三")),
            *([1, name, 1, 10, "", ""] for name in ("丙一", "丙二", "丙三")),
        ],
        TEN, (40, 70), (40, 70),
    ),
    MadeList(
        "numbers",
        [
            ["序号", "零件名称", "年采购额(万元)", "供应商", "产地"],
            ["1", "制冷系统", "", "", ""],
            ["1.1", "压缩机组", "", "", ""],
            ["1.1.1", "压缩机", "300", "示例某压缩机厂", "湖北黄石"],
            ["1.1.2", "启动器", "20", "示例某电器厂", "胶州"],
            ["1.2", "毛细管", "10", "示例某铜管厂", "青岛胶州市"],
            ["2", "门封条", "70", "示例某密封件厂", "黄岛区"],
        ],
        {"压缩机": AWAY, "启动器": HERE, "毛细管": HERE, "门封条": HERE},
        (75, 75), (25, 25), frozenset({"制冷系统", "压缩机组"}),
    ),
    MadeList(
        "a column of levels, in a workbook",
        [
            H,
            [1, "制冷系统", 1, "", "", ""],
            [2, "压缩机", 1, 60, "示例某压缩机厂", "安徽省芜湖市"],
            [2, "蒸发器", 1, 20, "示例某换热器厂", "山东省青岛市黄岛区"],
            [1, "电控", 1, "", "", ""],
            [2, "主控板", 1, 20, "示例某电子厂", "青岛"],
        ],
        {"压缩机": AWAY, "蒸发器": HERE, "主控板": HERE},
        (67, 67), (40, 40), frozenset({"制冷系统", "电控"}), "清单.xlsx",
    ),
    MadeList(
        "indented by blanks",
        [
            ["物料名称", "单台用量(件/台)", "年采购额(万元)", "供应商", "产地"],
            ["冰箱总成", "", "", "", ""],
            ["　　制冷系统", "", "", "", ""],
            ["　　　　压缩机", "1", "50", "示例某厂", "苏州"],
            ["　　　　冷凝器", "1", "25", "示例又一厂", "胶州市"],
            ["　　线束", "1", "25", "示例再一厂", "青岛市"],
        ],
        {"压缩机": AWAY, "冷凝器": HERE, "线束": HERE},
        (67, 67), (50, 50), frozenset({"冰箱总成", "制冷系统"}),
    ),
    MadeList(
        "indented by the format of the cells",
        [
            ["零件名称", "用量(PCS)", "年采购额(万元)", "供应商", "产地"],
            ["制冷系统", "", "", "", ""],
            [(1, "压缩机"), 1, 90, "示例某厂", "苏州市"],
            [(1, "管路"), "", "", "", ""],
            [(2, "毛细管"), 1, 10, "示例某铜管厂", "胶州市"],
        ],
        {"压缩机": AWAY, "毛细管": HERE},
        (50, 50), (10, 10), frozenset({"制冷系统", "管路"}), "缩进.xlsx",
    ),
    MadeList(
        "two head rows",
        [
            ["零件", "", "", "采购", "", ""],
            ["层级", "零件名称", "单台用量", "年采购额(万元)", "供应商", "产地"],
            [1, "压缩机", 1, 30, "示例某厂", "青岛市"],
            [1, "主控板", 1, 70, "示例又一厂", "上海市"],
        ],
        {"压缩机": HERE, "主控板": AWAY},
        (50, 50), (30, 30), file="两行表头.xlsx", merged=((0, 0, 0, 2, "零件"), (0, 3, 0, 5, "采购")),
    ),
    MadeList(
        "sums and notes",
        [
            H,
            [1, "制冷系统", "", "", "", ""],
            [2, "压缩机", 1, 40, "示例某厂", "青岛市"],
            [2, "冷凝器", 1, 10, "示例又一厂", "苏州市"],
            ["", "小计", "", 50, "", ""],
            [1, "门封条", 1, 50, "示例再一厂", "青岛市"],
            ["", "合计", "", 100, "", ""],
            ["注：采购额为含税价", "", "", "", "", ""],
        ],
        {"压缩机": HERE, "冷凝器": AWAY, "门封条": HERE},
        (67, 67), (90, 90), frozenset({"制冷系统"}),
    ),
    MadeList(
        "much is missing",
        [
            H,
            [1, "压缩机", "", "", "示例某厂", "青岛市"],
            [1, "主控板", "", "", "", ""],
            [1, "线束", "", "", "示例没听说过的厂", ""],
            [1, "温度传感器", "", "", "-", "/"],
        ],
        {"压缩机": HERE, "主控板": ASKED, "线束": ASKED, "温度传感器": ASKED},
        (25, 100), None, no_amount=4,
    ),
    MadeList(
        "some amounts are missing",
        [
            H,
            [1, "压缩机", "", 30, "示例某厂", "青岛市"],
            [1, "主控板", "", "", "示例又一厂", "苏州市"],
            [1, "线束", "", 10, "", ""],
        ],
        {"压缩机": HERE, "主控板": AWAY, "线束": ASKED},
        (33, 67), (75, 100), no_amount=1,
    ),
    MadeList(
        "an assembly bought whole, and what is made in house",
        [
            [*H, "自制/外购"],
            [1, "制冷系统总成", 1, 80, "示例某厂", "苏州市", "外购"],
            [1, "箱体", 1, "", "", "", "自制"],
            [1, "门体", 1, "", "自制", "", ""],
            [1, "门封条", 1, 20, "示例再一厂", "胶州市", "外购"],
        ],
        {"制冷系统总成": AWAY, "门封条": HERE},
        (50, 50), (20, 20), frozenset({"箱体", "门体"}),
    ),
    MadeList(
        "no place is stated: the graph has it",
        [
            ["层级", "零件名称", "年采购额(万元)", "供应商"],
            [1, "压缩机", 50, "示例胶州压缩机有限公司"],
            [1, "主控板", 30, "示例苏州电子有限公司"],
            [1, "线束", 10, "示例省内某厂"],
            [1, "温度传感器", 10, "示例没有地址有限公司"],
        ],
        {"压缩机": HERE, "主控板": AWAY, "线束": ASKED, "温度传感器": ASKED},
        (25, 75), (50, 70),
    ),
    MadeList(
        "what is stated goes before the graph",
        [
            ["层级", "零件名称", "年采购额(万元)", "供应商", "产地"],
            [1, "压缩机", 50, "示例胶州压缩机有限公司", "苏州市"],
            [1, "主控板", 50, "示例苏州电子有限公司", "青岛市"],
        ],
        {"压缩机": AWAY, "主控板": HERE},
        (50, 50), (50, 50),
    ),
    MadeList(
        "one supplier from two places, one of which is written in two ways",
        [
            ["层级", "零件名称", "年采购额(万元)", "供应商", "产地"],
            [1, "压缩机", 50, "示例某厂", "苏州市"],
            [1, "主控板", 20, "示例某厂", "青岛"],
            [1, "线束", 30, "示例某厂", "山东省青岛市"],
        ],
        {"压缩机": AWAY, "主控板": HERE, "线束": HERE},
        (67, 67), (50, 50),
    ),
    MadeList(
        "words for places",
        [
            H,
            [1, "压缩机", 1, 40, "示例某厂", "本地"],
            [1, "主控板", 1, 20, "示例又一厂", "外地"],
            [1, "温度传感器", 1, 10, "示例再一厂", "进口"],
            [1, "线束", 1, 10, "示例四厂", "国产"],
            [1, "芯片", 1, 10, "", "德国"],
            [1, "泡沫", 1, 10, "", "青岛市"],
        ],
        {"压缩机": HERE, "主控板": AWAY, "温度传感器": AWAY, "线束": ASKED, "芯片": AWAY, "泡沫": ASKED},
        (17, 50), (40, 60),
    ),
    MadeList(
        "a province is too wide, a neighbour is elsewhere",
        [
            H,
            [1, "压缩机", 1, 50, "示例某厂", "山东省"],
            [1, "主控板", 1, 25, "示例又一厂", "烟台"],
            [1, "线束", 1, 25, "示例胶州压缩机有限公司", "山东"],
        ],
        {"压缩机": ASKED, "主控板": AWAY, "线束": HERE},
        (33, 67), (25, 75),
    ),
    MadeList(
        "levels in words",
        [
            ["级别", "部件名称", "单机用量", "年采购额(万元)", "供应商", "产地"],
            ["一级", "制冷系统", "", "", "", ""],
            ["二级", "压缩机", 1, 80, "示例某厂", "青岛市"],
            ["二级", "管路", "", "", "", ""],
            ["三级", "毛细管", 1, 20, "示例又一厂", "广东省深圳市"],
        ],
        {"压缩机": HERE, "毛细管": AWAY},
        (50, 50), (80, 80), frozenset({"制冷系统", "管路"}),
    ),
    MadeList(
        "levels by dots",
        [
            ["LEVEL", "零件名称", "单台用量", "年采购额(元)", "供应商", "产地"],
            ["1", "制冷系统", "", "", "", ""],
            [".2", "压缩机", 1, 600_000, "示例某厂", "苏州市"],
            [".2", "管路", "", "", "", ""],
            ["..3", "毛细管", 1, 400_000, "示例又一厂", "胶州市"],
        ],
        {"压缩机": AWAY, "毛细管": HERE},
        (50, 50), (40, 40), frozenset({"制冷系统", "管路"}),
    ),
    MadeList(
        "a title, the product itself at level 0",
        [
            ["示例冰箱 BCD-1 零件清单（2026年）"],
            H,
            [0, "冰箱", "", "", "", ""],
            [1, "制冷系统", "", "", "", ""],
            [2, "压缩机", 1, 90, "示例某厂", "青岛市"],
            [1, "门封条", 1, 10, "示例又一厂", "苏州市"],
        ],
        {"压缩机": HERE, "门封条": AWAY},
        (50, 50), (90, 90), frozenset({"冰箱", "制冷系统"}), "清单.xlsx",
    ),
    MadeList(
        "a running number is no level; a line twice counts once",
        [
            ["序号", "零件名称", "单台用量", "年采购额(万元)", "供应商", "产地"],
            ["1", "压缩机", 1, 50, "示例某厂", "青岛市"],
            ["2", "主控板", 1, 50, "示例又一厂", "苏州市"],
            ["3", "线束", 1, 50, "示例再一厂", "青岛市"],
            ["4", "门封条", 1, 50, "示例四厂", "青岛市"],
            ["4", "门封条", 1, 50, "示例四厂", "青岛市"],
        ],
        {"压缩机": HERE, "主控板": AWAY, "线束": HERE, "门封条": HERE},
        (75, 75), (75, 75),
    ),
    MadeList(
        "1.10 that a spreadsheet has made 1.1",
        [
            ["层级编号", "零件名称", "年采购额(万元)", "供应商", "产地"],
            [1, "电控", "", "", ""],
            *([1 + number / 10, f"板{number}", 10, "示例某厂", "青岛市"] for number in range(1, 10)),
            [1.1, "板10", 10, "示例又一厂", "苏州市"],
        ],
        {**{f"板{number}": HERE for number in range(1, 10)}, "板10": AWAY},
        (90, 90), (90, 90), frozenset({"电控"}), "编号.xlsx",
    ),
    MadeList(
        "English heads",
        [
            ["bom_level", "part_name", "qty", "annual_spend", "supplier_name", "supplier_place"],
            [1, "压缩机", 1, 300_000, "示例某厂", "青岛市"],
            [1, "主控板", 1, 100_000, "示例又一厂", "苏州市"],
        ],
        {"压缩机": HERE, "主控板": AWAY},
        (50, 50), (75, 75),
    ),
    MadeList(
        "headings between, one part twice in two assemblies",
        [
            ["零件名称", "单台用量", "年采购额(万元)", "供应商", "产地"],
            ["一、冷藏室", "", "", "", ""],
            ["温度传感器", 1, 10, "示例某厂", "青岛市"],
            ["二、冷冻室", "", "", "", ""],
            ["温度传感器", 1, 30, "示例又一厂", "苏州市"],
        ],
        {"温度传感器": HERE, "温度传感器#2": AWAY},
        (50, 50), (25, 25),
    ),
    MadeList(
        "two suppliers in a cell, here and elsewhere",
        [
            ["层级", "零件名称", "年采购额(万元)", "供应商"],
            [1, "压缩机", 40, "示例胶州压缩机有限公司、示例苏州电子有限公司"],
            [1, "主控板", 60, "示例黄岛电子有限公司、示例胶州压缩机有限公司"],
        ],
        {"压缩机": ASKED, "主控板": HERE},
        (50, 100), (60, 100),
    ),
]  # fmt: skip


def with_city(store: Store, folder: Path) -> None:
    """Load the made city."""
    folder.mkdir()
    for name, text in CITY.items():
        (folder / name).write_text(text, "utf-8")
    report = load([folder], store)
    assert not report.bad, (report.rejected, report.failed)


def write_list(path: Path, made: MadeList) -> Path:
    """Write a made list as a file; a cell that is a pair is indented by so many steps."""
    if not any(isinstance(cell, tuple) for row in made.rows for cell in row):
        return save(path, [list(row) for row in made.rows], merged=made.merged)
    with xlsxwriter.Workbook(str(path)) as book:
        page = book.add_worksheet("清单")
        looks = [book.add_format({"indent": steps}) for steps in range(4)]
        for y, row in enumerate(made.rows):
            for x, cell in enumerate(row):
                steps, text = cell if isinstance(cell, tuple) else (0, cell)
                if text not in ("", None):
                    page.write(y, x, text, looks[steps])
    return path


def load_list(store: Store, path: Path, leader: str = LEADER, source: str = SOURCE) -> Report:
    """Load a parts list as a command does that is told what it is."""
    return load([path], store, Options(kind=Part, leader=leader, proof={"source": source}))


def share_of(store: Store, id: str = "lead", label: str = "Enterprise") -> LocalShare:
    """The local share of a firm or a chain."""
    return local_share(under(store), ShareOf(id=id, name=id, label=label))
