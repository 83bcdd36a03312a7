"""What the matcher reads: offers, needs and product relations as JSON lines,
row by row, with the bad rows told apart."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

from graph.errors import InputError
from queries.matching.grams import plain

OFFER_FORM = (
    '{"supplier": "编号", "name": "企业名称", "industry": ["行业"], "products": [{"name": "产品", "weight": 0.5}]}'
)
NEED_FORM = '{"need": "编号", "text": "需求"}'
KNOWN_FORM = '{"need": "编号", "suppliers": ["供应商编号"]}'
RELATION_FORM = '{"from": "产品", "relation": "上游材料", "to": "产品"}'


@dataclass(frozen=True)
class Offer:
    """A supplier with its products and how much each counts in its business (0
    to 1); ``mark`` changes when anything of it does."""

    supplier: str
    name: str
    industry: tuple[str, ...]
    products: tuple[tuple[str, float], ...]

    @property
    def mark(self) -> int:
        """Return 64 bits of what the offer says."""
        said = json.dumps([self.supplier, self.name, self.industry, self.products], ensure_ascii=False)
        return int.from_bytes(blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


@dataclass(frozen=True)
class Need:
    """A need in a few words; ``firm``: who needs it, where that is a supplier too it is never its own answer."""

    id: str
    text: str
    firm: str | None = None


@dataclass
class Rows:
    """A file that is read row by row; ``bad`` fills with what could not be read: file, row, reason, and what to do."""

    path: Path
    form: str
    bad: list[str] = field(default_factory=list)
    read: int = 0

    def __iter__(self) -> Iterator[dict[str, Any]]:
        try:
            with self.path.open("rb") as lines:
                for number, line in enumerate(lines, 1):
                    self.read = number
                    if not line.strip():
                        continue
                    try:
                        row = json.loads(line.decode("utf-8-sig"))
                        if b"\\ud" in line.lower():
                            json.dumps(row, ensure_ascii=False).encode()  # half a character cannot be shown or written
                    except (ValueError, RecursionError):
                        row = None
                    if isinstance(row, dict):
                        yield row
                    else:
                        self.refuse("不是一个 JSON 对象,或含半个字符")
        except OSError as error:
            raise InputError(f"{self.path}: 读不了这个文件: {error.strerror or error}") from error

    def refuse(self, reason: str) -> None:
        """Keep why the present row cannot be taken."""
        self.bad.append(f"{self.path}: 第 {self.read} 行: {reason};应形如 {self.form}")

    def text(self, row: dict[str, Any], key: str) -> str | None:
        """Return a text of the row; refuses the row where it is missing or blank."""
        value = row.get(key)
        if isinstance(value, str) and plain(value):
            return value.strip()
        self.refuse(f"{key} 应是非空的文字,这里是 {json.dumps(value, ensure_ascii=False)[:60]}")
        return None


def read_offers(rows: Rows) -> Iterator[Offer]:
    """Yield the suppliers of a file; one of the same id as an earlier one is refused."""
    seen: set[str] = set()
    for row in rows:
        supplier, name = rows.text(row, "supplier"), row.get("name")
        if supplier is None:
            continue
        products, industry = row.get("products"), row.get("industry") or []
        if supplier in seen:
            rows.refuse(f"supplier {supplier} 已经出现过")
        elif not isinstance(products, list) or not isinstance(industry, list) or not isinstance(name, str):
            rows.refuse("name 应是文字,industry 与 products 应是列表")
        elif (read := _products(products)) is None or not all(isinstance(branch, str) for branch in industry):
            rows.refuse("products 的每一项应有文字 name 与数字 weight(可省)")
        else:
            seen.add(supplier)
            yield Offer(supplier, name.strip(), tuple(industry), read)


def _products(products: list[Any]) -> tuple[tuple[str, float], ...] | None:
    weights: dict[str, float] = {}
    for product in products:
        name, weight = (
            (product.get("name"), product.get("weight", 1.0)) if isinstance(product, dict) else (product, 1.0)
        )
        if (
            not isinstance(name, str)
            or isinstance(weight, bool)
            or not isinstance(weight, (int, float))
            or weight != weight
        ):
            return None
        if name.strip():
            weights[name.strip()] = max(weights.get(name.strip(), 0.0), float(min(max(weight, 0), 1)))
    return tuple(weights.items())


def read_needs(rows: Rows) -> Iterator[Need]:
    """Yield the needs of a file; one without text, or of an id that came before, is refused."""
    seen: set[str] = set()
    for row in rows:
        id, text = rows.text(row, "need"), row.get("text")
        if id is None:
            continue
        if id in seen:
            rows.refuse(f"need {id} 已经出现过")
        elif isinstance(text, str) and not plain(text):
            rows.refuse(f"need {id} 没有需求文字,无从匹配")
        elif rows.text(row, "text") is not None:
            seen.add(id)
            firm = row.get("firm")
            yield Need(id, str(text), firm if isinstance(firm, str) else None)


def read_known(rows: Rows) -> dict[str, frozenset[str]]:
    """Return the suppliers that are known to have met each need; one of an id that came before is refused."""
    suppliers_of: dict[str, frozenset[str]] = {}
    for row in rows:
        id, suppliers = rows.text(row, "need"), row.get("suppliers")
        if id is None:
            continue
        if id in suppliers_of:
            rows.refuse(f"need {id} 已经出现过")
        elif not isinstance(suppliers, list) or not all(isinstance(supplier, str) for supplier in suppliers):
            rows.refuse("suppliers 应是供应商编号的列表")
        else:
            suppliers_of[id] = frozenset(suppliers)
    return suppliers_of


def read_relations(rows: Rows) -> Iterator[tuple[str, str, str]]:
    """Yield product relations as (from, relation, to)."""
    for row in rows:
        parts = [rows.text(row, key) for key in ("from", "relation", "to")]
        if None not in parts:
            yield str(parts[0]), str(parts[1]), str(parts[2])
