"""An embedding model as one more likeness of a need with every supplier:
optional, an office's own endpoint, off by default."""

import ssl
from collections.abc import Callable, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Annotated, Protocol

import httpx
import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, SecretStr, ValidationError

from graph.errors import InputError, ServiceUnavailable
from graph.settings import Settings
from queries.matching.channels import times
from queries.matching.grams import Floats, Keys
from queries.matching.index import DAMAGED, OfferIndex, write_arrays

BATCH = 64  # texts of one request
KEPT = 1024  # suppliers that are embedded at a time: the most that a failure loses
PRODUCTS = 20  # of a supplier, by their share of its business, that stand in its text
TIMEOUT = httpx.Timeout(60, connect=5)  # seconds
FORM = '{"data": [{"index": 0, "embedding": [0.1, 0.2]}]}'
Singles = NDArray[np.float32]


class Embedder(Protocol):
    """What turns texts into vectors; ``id`` says which model: vectors of different ids are never compared."""

    @property
    def id(self) -> str:
        """Return what the vectors depend on."""

    def embed(self, texts: Sequence[str]) -> Singles:
        """Return a vector of unit length for each text, shape (texts, dims)."""


class _Vector(BaseModel):
    model_config = ConfigDict(strict=True)
    index: int
    embedding: Annotated[list[FiniteFloat], Field(min_length=1)]


class _Answer(BaseModel):
    data: list[_Vector]


class OpenAIEmbedder:
    """Embeds over ``POST {url}/embeddings`` as OpenAI defined it; the key goes
    into the Authorization header and nowhere else.

    Nothing is tried twice and no redirect is followed; proxies of the environment
    are not used. Raises ``ServiceUnavailable`` where the endpoint does not answer,
    and ``InputError`` where it refuses or its answer is not what was asked for.
    """

    def __init__(self, url: str, model: str, key: SecretStr | None = None) -> None:
        try:
            parsed = httpx.URL(url)
        except httpx.InvalidURL:
            parsed = httpx.URL()
        if (
            parsed.scheme not in ("http", "https")
            or not parsed.host
            or parsed.userinfo
            or parsed.query
            or parsed.fragment
        ):
            raise InputError(
                "LIANZHANG_EMBEDDING_URL 应形如 http://主机:端口/v1,不带用户名、口令和参数;"
                "密钥放在 LIANZHANG_EMBEDDING_KEY"
            )
        secret = key.get_secret_value() if key else ""
        if not (secret.isascii() and (secret + "-").isprintable()) or secret != secret.strip():
            raise InputError("LIANZHANG_EMBEDDING_KEY 里有空白或不能放进请求头的字符,应只有字母、数字和半角符号")
        self._url = f"{url.rstrip('/')}/embeddings"
        self._model = model
        self._key = key if secret else None

    @property
    def id(self) -> str:
        """Return the endpoint and the model."""
        return f"{self._url} {self._model}"

    def embed(self, texts: Sequence[str]) -> Singles:
        """Return a vector of unit length for each text, shape (texts, dims), asking for 64 at a time."""
        headers = {"Authorization": f"Bearer {self._key.get_secret_value()}"} if self._key else {}
        with httpx.Client(
            headers=headers, timeout=TIMEOUT, trust_env=False, verify=ssl.create_default_context()
        ) as client:
            parts = [self._ask(client, texts[start : start + BATCH]) for start in range(0, len(texts), BATCH)]
        if len({part.shape[1] for part in parts}) > 1:
            raise InputError(f"{self._url}: 各批向量的长度不一样,应都相同;请检查模型 {self._model}")
        return np.concatenate(parts) if parts else np.zeros((0, 0), np.float32)

    def _ask(self, client: httpx.Client, texts: Sequence[str]) -> Singles:
        try:
            answer = client.post(self._url, json={"model": self._model, "input": list(texts)})
        except httpx.HTTPError as error:
            raise ServiceUnavailable(
                f"{self._url}: 向量服务没有回答({type(error).__name__}),请确认服务已启动,或不设 "
                "LIANZHANG_EMBEDDING_URL 以停用"
            ) from error
        if answer.status_code >= 500 or answer.status_code == 429:
            raise ServiceUnavailable(f"{self._url}: 向量服务现在不能回答(HTTP {answer.status_code}),请稍后重试")
        if answer.status_code != 200:
            raise InputError(
                f"{self._url}: 向量服务不接受请求(HTTP {answer.status_code},不跟随转向),"
                "请检查 LIANZHANG_EMBEDDING_URL、LIANZHANG_EMBEDDING_MODEL 与 LIANZHANG_EMBEDDING_KEY"
            )
        return self._read(answer.content, len(texts))

    def _read(self, body: bytes, count: int) -> Singles:
        """Return the vectors of an answer in the order of the texts; the answer itself never stands in a message."""
        try:
            data = sorted(_Answer.model_validate_json(body).data, key=lambda item: item.index)
        except ValidationError as error:
            where = ".".join(
                map(str, error.errors(include_url=False, include_context=False, include_input=False)[0]["loc"])
            )
            raise InputError(f"{self._url}: 向量服务的回答读不懂({where or '不是 JSON'}),应形如 {FORM}") from None
        if [item.index for item in data] != list(range(count)):
            raise InputError(
                f"{self._url}: 问了 {count} 条文字,应回答 index 为 0 到 {count - 1} 的向量各一,这里有 {len(data)} 个"
            )
        if len({len(item.embedding) for item in data}) > 1:
            raise InputError(f"{self._url}: 一个回答里向量的长度不一样,应都相同;请检查模型 {self._model}")
        vectors = np.array([item.embedding for item in data], np.float64)
        # no overflow in the squares
        vectors /= np.maximum(np.abs(vectors).max(axis=1, keepdims=True), np.finfo(np.float64).tiny)
        return np.asarray(vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12), np.float32)


def configured(settings: Settings) -> Embedder | None:
    """Return the embedder that the settings name; none where no endpoint is set."""
    if not settings.embedding_url:
        return None
    if not settings.embedding_model:
        raise InputError("设了 LIANZHANG_EMBEDDING_URL,还要用 LIANZHANG_EMBEDDING_MODEL 写明模型的名称")
    return OpenAIEmbedder(settings.embedding_url, settings.embedding_model, settings.embedding_key)


def likeness_of(embedder: Embedder, index: OfferIndex, folder: Path) -> Callable[[str], Floats]:
    """Return what gives the cosine of a need with every supplier, in the order of the index.

    Suppliers are embedded once: their vectors are kept in ``folder`` by their marks, and only one
    that says something else now is embedded again. What was embedded before a failure is kept too.
    """
    path = folder / f"embeddings-{blake2b(embedder.id.encode(), digest_size=8).hexdigest()}.npz"
    marks, vectors = _load(path)
    still = np.isin(marks, index.marks)
    marks, vectors = marks[still], vectors[still]
    missing = np.flatnonzero(~np.isin(index.marks, marks))
    try:
        for start in range(0, len(missing), KEPT):
            rows = missing[start : start + KEPT]
            fresh = embedder.embed([_text(index, row) for row in rows.tolist()])
            if len(marks):
                _same_length(fresh, vectors, path)
            vectors = np.concatenate([vectors, fresh]) if len(marks) else fresh
            marks = np.concatenate([marks, index.marks[rows]])
    finally:
        if len(missing) and len(marks):
            write_arrays(path, {"marks": marks, "vectors": vectors})
    order = np.argsort(marks)
    ordered = vectors[order[np.searchsorted(marks[order], index.marks)]]

    def likeness(text: str) -> Floats:
        asked = embedder.embed([text])
        _same_length(asked, ordered, path)
        return times(ordered, asked[0]).astype(np.float64)

    return likeness


def _text(index: OfferIndex, row: int) -> str:
    """Return a supplier as a text: name, industries, and its main products."""
    inside = slice(index.held.indptr[row], index.held.indptr[row + 1])
    main = np.argsort(-index.held.data[inside], kind="stable")[:PRODUCTS]
    products = [index.products[product] for product in index.held.indices[inside][main]]
    parts = (index.names[row], "、".join(index.industries[row]), "、".join(products))
    return ";".join(part for part in parts if part) or index.suppliers[row]


def _same_length(fresh: Singles, stored: Singles, path: Path) -> None:
    if fresh.shape[1] != stored.shape[1]:
        raise InputError(
            f"{path}: 存下的向量长 {stored.shape[1]},向量服务现在给出 {fresh.shape[1]}:模型换了,请删去这个文件后重试"
        )


def _load(path: Path) -> tuple[Keys, Singles]:
    """Return the vectors that are kept, with the mark of each; none where the file is missing or damaged."""
    try:
        with path.open("rb") as opened, np.load(opened, allow_pickle=False) as file:
            marks, vectors = file["marks"], file["vectors"]
    except DAMAGED:
        return np.zeros(0, np.int64), np.zeros((0, 0), np.float32)
    return marks, vectors
