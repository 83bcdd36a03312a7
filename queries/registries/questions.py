"""The registries as questions: each is declared by its name in ``registries.toml``."""

from typing import TYPE_CHECKING

from queries.core.question import Question, question
from queries.registries.answers import Registry

if TYPE_CHECKING:
    from queries.core.parts import Book
    from queries.core.view import View

GROUP = "链长制"


def _book(answer: Registry) -> "Book":
    from queries.registries.tables import book_of_registry

    return book_of_registry(answer)


def _declare(name: str, help: str) -> Question[Registry]:
    def ask(view: "View") -> Registry:
        from queries.registries.registry import make_registry

        return make_registry(view, name)

    ask.__name__, ask.__doc__ = name, f"{help};公布的数与图里的行对照,缺哪些行、用哪张空表填。示例另列。"
    return question(name, name, group=GROUP, book=_book)(ask)


challenges = _declare("challenges", "揭榜挂帅: 各阶段谁来做、每张榜单在哪一步、谁发榜谁揭榜、哪些企业能揭(按文字推断)")
scenarios = _declare("scenarios", "开放场景、应用实验室与科研院所: 哪些点了名、哪些只是一个数、谁参与")
centres = _declare("centres", "数字化转型赋能中心: 点了名的、诊断了谁")
events = _declare("events", "招商活动(和其他活动): 何时、哪条链、谁参与、在那里签约的项目")
platforms = _declare("platforms", "支撑平台: 创新、基金、会展等各有哪些、服务哪条链、谁加入")
