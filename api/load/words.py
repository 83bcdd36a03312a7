"""What loaders say to who types a command, said to who looks at a page."""

import re
from functools import cache

from graph.model import EDGES, NODES, zh_heads

SAID = (
    (re.compile(r'请用 --source 写明这个文件出自哪里,如 --source "([^"]*)"'), r"请在“来源”里写明它出自哪里，如“\1”"),
    (re.compile(r"请用 --leader 链主名称"), "请在“哪家链主的”里写上链主名称"),
    (re.compile(r"请用 --kind \w+"), "请在“这是哪一类表”里选“企业”"),
    (re.compile(r"--leader: ?"), "哪家链主的："),
    (re.compile(r"--(?:map|keep) ([^=:]*)=?[^:]*: ?"), r"“\1”这一列："),
    (re.compile(r"请把文件名或表名改为类别名\([^)]*\),用 --kind 指定类别,或用 lianzhang template 生成空表"),
     "请在“这是哪一类表”里选一类，或下载空表对照"),
    (re.compile(r"[,;]?可用 lianzhang schema 查看(?:字段|全部类别)?"), "；请另选一个字段"),
    (re.compile(r"可用 lianzhang template \w* ?生成空表对照"), "可以下载空表对照"),
    (re.compile(r"用 --kind 指定类别"), "选定它是哪一类表"),
)  # fmt: skip
FULL = str.maketrans({",": "，", ";": "；", ":": "：", "(": "（", ")": "）"})
BETWEEN = re.compile(r"(?<=[\u4e00-\u9fff”）])[,;:] ?|[,;:] ?(?=[\u4e00-\u9fff“（])")
FIELD = re.compile(r"(?<=[^\s=])=([a-z_]{2,})\b")  # 公司名=name
BRACKETS = re.compile(r"\(([^()]*[\u4e00-\u9fff][^()]*)\)")


@cache
def field_words() -> dict[str, str]:
    """Return what the fields of all types are called, by name."""
    words: dict[str, str] = {}
    for record in (*NODES, *EDGES):
        for name, zh in zh_heads(record).items():
            words.setdefault(name, zh)
    return words


def for_page(text: str) -> str:
    """Return a sentence of the loaders as pages say it: without options and commands, with full-width signs."""
    for pattern, said in SAID:
        text = pattern.sub(said, text)
    text = FIELD.sub(lambda found: f"为{field_words().get(found.group(1), found.group(1))}", text)
    text = BRACKETS.sub(r"（\1）", text)
    return BETWEEN.sub(lambda sign: sign.group(0).strip().translate(FULL), text)
