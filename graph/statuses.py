"""The statuses of data: what each is called, what it means, how sure it is where nothing else is said."""

STATUS_ZH: dict[str, str] = {
    "confirmed": "已证实",
    "reported": "据报道",
    "curated": "整理",
    "inferred": "推断",
    "sample": "示例",
}
# What a status means, wherever people read it: the pages, docs/model.md and, word for word, the table in README.md.
STATUS_MEANING: dict[str, str] = {
    "confirmed": "文件就其自身事务所陈述；不表示本项目另行核实过",
    "reported": "报道转述或宣布的事",
    "curated": "按一般知识整理，未经核实",
    "inferred": "算法推得",
    "sample": "虚构，用于演示",
}
# What a row is trusted with when it does not say so itself; see docs/decisions.md, 2026-11-23.
STATUS_CONFIDENCE: dict[str, float] = {
    "confirmed": 1.0,
    "reported": 0.8,
    "curated": 0.6,
    "inferred": 0.4,
    "sample": 0.1,
}
