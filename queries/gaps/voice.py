"""The words of a judgement: what was measured of a place, what decided, what each part of the score counts."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from graph.model.nodes import FOUND, NOT_FOUND
from queries.city.facts import Facts
from queries.city.local import CityFirm
from queries.city.projects import is_uncertain
from queries.city.sizes import Size
from queries.core.reason import Reason
from queries.gaps.answers import GAPS, ScorePart, State
from queries.gaps.measures import Good, Measures
from queries.gaps.rules import Rules
from queries.gaps.verdict import Verdict, strength
from queries.gaps.words import say

LOOKED_AS = {FOUND: "looked_and_found", NOT_FOUND: "looked_and_not_found"}


@dataclass(frozen=True)
class Voice:
    """Says what was measured."""

    facts: Facts
    verdict: Verdict
    rules: Rules

    @property
    def measures(self) -> Measures:
        """Return what was measured."""
        return self.verdict.measures

    def parts(self) -> list[ScorePart]:
        """Return the parts of the score with their reasons; none where the state is not known."""
        said, points = self._said() if self.verdict.points else {}, self.verdict.points
        weights = {key: weight for key, weight in self.rules.score.by_key().items() if key in said}
        return [
            ScorePart(name=weight.name, points=points[key], most=weight.points, reason=said[key])
            for key, weight in weights.items()
        ]

    def _said(self) -> Mapping[str, Reason]:
        m, good = self.measures, self.verdict.worst
        inputs = list(m.inputs_missing)
        single = {"count": m.in_network, "number": len(m.single), "firms": self._firms(m.single)}
        bridges = ["—".join(self.facts.find(id).short for id in pair) for pair in m.bridges]
        return {
            "no_producer": self._gap(good),
            "needed": self._wanted(good),
            "downstream": say("standing_on_it", **self._counted(sorted(good.standing), sorted(good.leaders)))
            if good
            else say("part_no_product"),
            "elsewhere": self._elsewhere(good) if good else say("part_no_product"),
            "inputs": say("part_inputs", count=m.inputs_known, number=len(inputs), missing=self._products(inputs))
            if m.inputs_known
            else say("part_no_known_inputs"),
            "single_point": say("part_not_in_network")
            if not m.in_network
            else say("part_single_point_bridges", **single, links=len(bridges), bridges=bridges)
            if bridges
            else say("part_single_point", **single),
            "systemic_risk": say("part_systemic_risk", firm=self.facts.firms[m.riskiest[0]].short, risk=m.riskiest[1])
            if m.riskiest
            else say("part_no_supplies"),
        }

    def _gap(self, good: Good | None) -> Reason:
        if good is None:
            return say("part_gap_of_firms", count=len({source.group for source in self.measures.sources}))
        about = self._about(good)
        if not good.sources:
            return say("part_gap_missing", about=about)
        groups = len({source.group for source in good.sources})
        return say("part_gap_weak", about=about, count=groups, hhi=good.hhi, by=good.by)

    def _wanted(self, good: Good | None) -> Reason:
        if good is None:
            return say("part_no_product")
        wanting = sorted(good.wanted_by)
        return say("part_needed", count=len(wanting), firms=self._names(wanting)) if wanting else say("part_not_needed")

    def _elsewhere(self, good: Good) -> Reason:
        if good.anywhere:
            return say("part_anywhere")
        return self._near(good.nearest) if good.nearest else say("nobody_elsewhere")

    def _near(self, nearest: Sequence[CityFirm]) -> Reason:
        names = [f"{firm.short}（{firm.region}）" for firm in nearest]
        return say("nearest", ring=nearest[0].ring, count=len(nearest), firms=names)

    def _about(self, good: Good) -> str:
        """Return the product of which a part is told, where the place has several."""
        return f"最紧要的是{self._product(good.id)}，" if len(self.measures.goods) > 1 else ""

    def reasons(self) -> list[Reason]:
        """Return the reasons of a state, what decides first."""
        m = self.measures
        reasons = [
            self._count(),
            *self._sizes(),
            *self._key_products(),
            *self._lacking(),
            *self._looks(),
            *self._doubts(),
        ]
        reasons += [*self._closed(), *self._coming()]
        gap = self.verdict.state in GAPS
        if m.nearest and self.verdict.state != State.strong:
            reasons.append(self._near(m.nearest))
        elif gap and m.goods:
            reasons.append(say("nobody_elsewhere"))
        standing = sorted({product for good in m.goods for product in good.standing} - set(m.place.products))
        leaders = sorted({leader for good in m.goods for leader in good.leaders})
        if standing or leaders:
            reasons.append(say("standing_on_it", **self._counted(standing, leaders)))
        if m.place.label == "Product":
            ending = sorted(m.goods[0].ending)
            if ending and (gap or standing):
                reasons.append(say("dependence_ends", products=self._products(ending)))
            if gap and not m.goods[0].wanted_by and not leaders and not standing:
                reasons.append(say("part_not_needed"))
        return reasons

    def _sizes(self) -> Iterator[Reason]:
        """Say which firms count as a part of a source, and that firms of a group are one."""
        sources = self.measures.sources
        small = [source.firm for source in sources if source.size in (Size.small, Size.micro)]
        counted = strength(sources, self.rules)
        if small:
            yield say("small_firms", count=len(small), firms=self._firms(small), strength=counted)
        groups: dict[str, list[str]] = {}
        for source in sources:
            groups.setdefault(source.group, []).append(source.firm)
        for group, members in groups.items():
            if len(members) > 1:
                yield say(
                    "one_group", count=len(members), firms=self._firms(members), group=self.facts.firm_name(group)
                )

    def _lacking(self) -> Iterator[Reason]:
        """Say which products of the place are made here and lack what they cannot be made without."""
        for good in self.measures.goods:
            if good.sources and good.lacking:
                inputs = ["或".join(self._products(sorted(group))) for group in good.lacking]
                makers = self._firms(good.makers)
                yield say(
                    "lacks_inputs", product=self._product(good.id), inputs=inputs, firms=makers, count=len(makers)
                )

    def _closed(self) -> Iterator[Reason]:
        if self.measures.closed:
            yield say("closed_firms", count=len(self.measures.closed), firms=self._firms(self.measures.closed))

    def _coming(self) -> Iterator[Reason]:
        """Say which projects will fill the place."""
        for project in self.facts.coming_to(self.measures.place):
            doubt = is_uncertain(project, self.facts.city.today, self.rules.under_way.months)
            details = [project.stage, project.expected_on and f"预计 {project.expected_on}", project.amount_original]
            if not project.amount_original and project.yuan:
                details.append(f"{project.yuan / 1e8:g} 亿元")
            yield say(
                "coming_uncertain" if doubt else "coming",
                project=project.name,
                details="，".join(filter(None, details)),
                investors=[firm.name for firm in project.investors],
            )

    def _doubts(self) -> Iterator[Reason]:
        """Say what is not known: whether anybody looked, where firms are, what firms of the place make."""
        m, unknown = self.measures, self.verdict.state == State.unknown
        if unknown and not m.looked:
            yield say("not_looked_through")
        if m.unplaced:
            unplaced = [source.firm for source in m.unplaced]
            yield say("unplaced_firms", count=len(unplaced), firms=self._firms(unplaced))
        vague = sorted({firm for good in m.goods for firm in good.vague})
        if vague and unknown:
            yield say("vague_firms", count=len(vague), firms=self._firms(vague))

    def _count(self) -> Reason:
        m, state = self.measures, self.rules.state
        wanted = (state.segment_firms if m.place.label == "Segment" else state.product_firms).value
        if not m.firms:
            return say("no_local_firms")
        code = "enough_firms" if strength(m.sources, self.rules) >= wanted else "too_few_firms"
        return say(code, count=len(m.firms), wanted=wanted, firms=self._firms(m.firms))

    def _key_products(self) -> Iterator[Reason]:
        m, wanted = self.measures, self.rules.state.key_products_made.value
        if m.place.label == "Segment" and m.keys:
            lacking = [good.id for good in m.keys if not good.sources]
            counted = {"count": len(m.keys), "made": len(m.keys) - len(lacking), "wanted": wanted}
            all_, some = (
                ("key_products", "key_products_lacking")
                if len(m.keys) < len(m.goods)
                else ("products", "products_lacking")
            )
            yield say(some, **counted, lacking=self._products(lacking)) if lacking else say(all_, **counted)

    def _looks(self) -> Iterator[Reason]:
        looked = self.facts.looked_in(self.measures.place)
        for look in looked.looks:
            region = look.region or ("" if look.universe else "区域不明")
            details = "，".join(filter(None, (region, look.as_of, look.method, look.by)))
            said = {"look": look.name, "details": details}
            if not look.whole:
                yield say("looked_in_part", **said)
            elif look.universe:
                yield say("looked_in_list", **said, universe=look.universe)
            elif not look.fresh:
                yield say("look_is_due", **said, due=look.due)
            else:
                yield say(LOOKED_AS.get(look.found, "looked_through"), **said)
        if looked.found == NOT_FOUND and self.measures.firms:
            yield say("found_none_but_some", count=len(self.measures.firms), firms=self._firms(self.measures.firms))
        if any(good.unnamed for good in self.measures.goods):
            yield say("found_some_unnamed")

    def _counted(self, products: Sequence[str], leaders: Sequence[str]) -> dict[str, Any]:
        told = {"count": len(products), "products": self._products(products)}
        return told | {"number": len(leaders), "leaders": self._firms(leaders)}

    def _product(self, id: str) -> str:
        return self.facts.product_names.get(id, id)

    def _products(self, ids: Sequence[str]) -> list[str]:
        return [self._product(id) for id in ids]

    def _names(self, ids: Sequence[str]) -> list[str]:
        return [self.facts.find(id).short for id in ids]

    def _firms(self, ids: Sequence[str]) -> list[str]:
        return [self.facts.firms[id].short for id in ids]
