"""The judgement of a place: its verdict, the action that follows, in words and with its rows."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import TypeVar

from graph.deadline import check
from queries.city.facts import Facts, Row
from queries.core.answers import STATUS_ORDER, Evidence
from queries.gaps.answers import GAPS, Action, Judged, Part, State
from queries.gaps.measures import Good, Measures
from queries.gaps.rules import Rules
from queries.gaps.verdict import Verdict

Thing = TypeVar("Thing")
STATUS_NAMES = {rank: status for status, rank in STATUS_ORDER.items()}
FEW = 5  # names in a sentence
SHOWN = 200  # rows of evidence of one kind for one place


def judge(facts: Facts, verdict: Verdict, rules: Rules, extensions: Sequence[str] = ()) -> Judged:
    """Return what is judged of a place, in words and with its rows; ``extensions`` are next steps that its products lead to."""
    check()
    voice, measures = Voice(facts, verdict, rules), verdict.measures
    action, why = action_of(verdict, rules, extensions, facts)
    return Judged(
        state=verdict.state,
        score=verdict.score,
        status=_founded_on(facts, verdict, rules),
        parts=voice.parts(),
        reasons=voice.reasons(),
        action=action,
        action_reason=why,
        firms=[facts.named(firm) for firm in measures.firms],
        evidence=evidence_of(facts, measures),
    )


def _founded_on(facts: Facts, verdict: Verdict, rules: Rules) -> str | None:
    """Return the least founded status that a state needs: of the look, and of as many firms and key products as the rules ask for."""
    measures, place, state = verdict.measures, verdict.place, verdict.state
    by_firm, by_place = _best_rows(facts, measures)
    needed = []
    if state in GAPS:
        looks = [look.row.status for segment in place.segments for look in facts.looks.get(segment, ()) if look.whole]
        needed.append(min(map(STATUS_ORDER.__getitem__, looks)))
    firms = sorted(by_firm[firm] for firm in measures.firms)
    enough = rules.state.segment_firms if place.label == "Segment" else rules.state.product_firms
    needed += firms[: math.ceil(enough.value)]
    if state == State.strong and place.label == "Segment":
        made = sorted(by_place[good.id] for good in measures.keys if good.makers)
        needed += made[: math.ceil(rules.state.key_products_made.value * len(measures.keys))]
    return None if state == State.unknown else STATUS_NAMES[max(needed)]


def _best_rows(facts: Facts, measures: Measures) -> tuple[dict[str, int], dict[str, int]]:
    """Return how well founded it is at best that each local firm is of the place, and that each of its products is made here."""
    by_firm: dict[str, int] = {}
    by_place: dict[str, int] = {}
    wanted, firms = {*measures.place.products, measures.place.id}, set(measures.firms)
    for row in chain(facts.rows_at("makes", wanted), facts.rows_at("operates", wanted)):
        if row.start in firms and not row.ended:
            rank = max(STATUS_ORDER[row.status], STATUS_ORDER[facts.firms[row.start].status])
            by_firm[row.start] = min(rank, by_firm.get(row.start, rank))
            by_place[row.end] = min(rank, by_place.get(row.end, rank))
    return by_firm, by_place


def action_of(verdict: Verdict, rules: Rules, extensions: Sequence[str], facts: Facts) -> tuple[Action, str]:
    """Return the action that follows from the state, and why."""
    measures, state = verdict.measures, verdict.state
    if state == State.missing:
        return Action.fill, "没有本地企业: 引进,或支持本地企业转产"
    if state == State.weak:
        return Action.strengthen, "有本地企业但不够: 扶持扩产,增加第二来源"
    if state == State.unknown:
        return Action.survey, "先查清本地有没有企业,再谈补链"
    groups = {facts.firms[firm].group for firm in measures.firms}
    if len(groups) == 1 or measures.group_hhi > rules.action.hanging_hhi.value:
        return Action.secure, f"本地企业分属 {len(groups)} 个集团,集中度(HHI) {measures.group_hhi:.2f}: 防一家退出"
    if measures.riskiest and measures.riskiest[1] >= rules.action.high_risk.value:
        firm, risk = measures.riskiest
        return Action.secure, f"{facts.firms[firm].short}停产,已知供应网络损失产出 {risk:.1%}: 备第二来源"
    if extensions:
        return Action.extend, f"本地能力相近的下一步: {'、'.join(extensions[:FEW])}"
    return Action.keep, "本地企业够多,也不系于一家"


def evidence_of(facts: Facts, measures: Measures) -> list[Evidence]:
    """Return the rows that a judgement rests on: who looked, who makes it, who is in it, who buys it where, what it needs."""
    place = measures.place
    looks = [look.row for segment in place.segments for look in facts.looks.get(segment, ())]
    makes = [row for row in facts.rows_at("makes", place.products) if not row.ended]
    operates = facts.rows_at("operates", [place.id]) if place.label == "Segment" else []
    needs = facts.rows_at("needs", place.products)
    found: list[Row] = []
    for rows in (looks, makes, operates, needs, measures.outside_rows, measures.local_rows, measures.inputs_missing):
        found += rows[:SHOWN]
    return [facts.evidence(row) for row in found]


@dataclass(frozen=True)
class Voice:
    """Says in Chinese what was measured."""

    facts: Facts
    verdict: Verdict
    rules: Rules

    @property
    def measures(self) -> Measures:
        """Return what was measured."""
        return self.verdict.measures

    def parts(self) -> list[Part]:
        """Return the parts of the score with their reasons; none where the state is not known."""
        said = self._said() if self.verdict.points else {}
        return [
            Part(name=weight.name, points=self.verdict.points[key], most=weight.points, reason=said[key])
            for key, weight in self.rules.score.parts()
            if key in said
        ]

    def _said(self) -> Mapping[str, str]:
        m, goods = self.measures, self.measures.goods
        missing = [good.id for good in goods if good.missing]
        standing, leaders = sorted(self.verdict.standing), sorted(self.verdict.leaders)
        bought = len(m.outside_rows) + len(m.local_rows)
        looked = "" if m.looked else ";没有普查记录,没有登记的产品不算缺"
        known = [good for good in goods if self.verdict.goods[good.id] != State.unknown]
        return {
            "no_producer": f"{len(goods)} 种产品中 {len(missing)} 种查过而没有本地企业{self._products(missing)}{looked}",
            "concentration": self._concentration(known),
            "outside": f"本地企业采购的 {bought} 条供应关系中 {len(m.outside_rows)} 条来自外地" if bought else "没有已知的采购关系,不计",
            "inputs": self._inputs(),
            "downstream": f"{len(standing)} 种产品离不开其中缺、弱的产品{self._products(standing)};"
            f"牵涉链主 {len(leaders)} 家{self._firms(leaders)}",
            "single_point": f"在供应网络中的 {m.in_network} 家本地企业里,割点 {len(m.single)} 家{self._firms(m.single)}"
            + (
                f";断了就分成两块的供应关系(桥) {len(m.bridges)} 条{self._list(m.bridges, lambda pair: self._pair(*pair))}"
                if m.bridges
                else ""
            )
            if m.in_network
            else "本地企业没有已知的供应关系,不计",
            "systemic_risk": f"{self.facts.firms[m.riskiest[0]].short}停产,已知供应网络损失产出 {m.riskiest[1]:.1%}"
            if m.riskiest
            else "没有已知的供应关系,不计",
        }

    def _concentration(self, known: Sequence[Good]) -> str:
        if not known:
            return f"没有状态已知的产品,按本地企业 {len(self.measures.firms)} 家计"
        counted = sorted(known, key=lambda good: len(good.makers))
        return f"状态已知的 {len(known)} 种产品" + self._list(counted, lambda good: f"{self._product(good.id)} {len(good.makers)} 家")

    def reasons(self) -> list[str]:
        """Return the reasons of a state, what decides first."""
        m = self.measures
        reasons = [self._count(), *self._key_products(), *self._looks(), *self._doubts()]
        standing = sorted({product for good in m.goods for product in good.standing} - set(m.place.products))
        leaders = sorted({leader for good in m.goods for leader in good.leaders})
        if standing or leaders:
            reasons.append(f"离不开它的产品 {len(standing)} 种{self._products(standing)};牵涉链主 {len(leaders)} 家{self._firms(leaders)}")
        return reasons

    def _doubts(self) -> list[str]:
        """Say what is not known: whether anybody looked, where firms are, what firms of the place make."""
        m, state, doubts = self.measures, self.verdict.state, []
        if state == State.unknown and not m.looked:
            doubts.append("没有覆盖全市的普查记录: 没有登记不等于没有")
        if m.unplaced:
            doubts.append(f"另有 {len(m.unplaced)} 家企业所在地不明,没有计入{self._firms(m.unplaced)}")
        vague = sorted({firm for good in m.goods for firm in good.vague})
        if vague and state == State.unknown:
            doubts.append(f"所在环节有 {len(vague)} 家本地企业没有登记产品,可能生产{self._firms(vague)}")
        return doubts

    def _count(self) -> str:
        m, state = self.measures, self.rules.state
        wanted = (state.segment_firms if m.place.label == "Segment" else state.product_firms).value
        if not m.firms:
            return "没有登记到本地企业"
        return f"本地企业 {len(m.firms)} 家({'达到' if len(m.firms) >= wanted else '不足'} {wanted:g} 家){self._firms(m.firms)}"

    def _key_products(self) -> list[str]:
        m = self.measures
        if m.place.label == "Product" or not m.keys:
            return []
        kind = "关键产品" if len(m.keys) < len(m.goods) else "产品"
        lacking = [good.id for good in m.keys if not good.makers]
        lack = f",没有登记的{self._products(lacking)}" if lacking else ""
        wanted = self.rules.state.key_products_made.value
        return [f"{kind} {len(m.keys)} 种中 {len(m.keys) - len(lacking)} 种有本地企业(要求 {wanted:.0%}){lack}"]

    def _looks(self) -> list[str]:
        found = {look.id: look for segment in self.measures.place.segments for look in self.facts.looks.get(segment, ())}
        return [
            f"查过: {look.name}({','.join(filter(None, (look.region or '区域不明', look.as_of, look.method)))})"
            + ("" if look.whole else ",没有覆盖全市")
            for look in found.values()
        ]

    def _inputs(self) -> str:
        missing, known = self.measures.inputs_missing, self.measures.inputs_known
        if not known:
            return "没有已知来源情况的必需投入,不计"
        return f"已知来源情况的 {known} 种必需投入中 {len(missing)} 种没有本地企业{self._products([row.start for row in missing])}"

    def _product(self, id: str) -> str:
        return self.facts.product_names.get(id, id)

    def _products(self, ids: Sequence[str]) -> str:
        return self._list(ids, self._product)

    def _firms(self, ids: Sequence[str]) -> str:
        return self._list(ids, lambda id: self.facts.firms[id].short)

    def _pair(self, one: str, other: str) -> str:
        return "—".join(self.facts.find(id).short for id in (one, other))

    @staticmethod
    def _list(things: Sequence[Thing], name: Callable[[Thing], str]) -> str:
        return (": " + "、".join(map(name, things[:FEW])) + (" 等" if len(things) > FEW else "")) if things else ""
