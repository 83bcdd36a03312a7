"""Texts as counts of their characters and pairs of characters: words of any language without a dictionary."""

import re
import unicodedata
from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Keys = NDArray[np.int64]
Floats = NDArray[np.float64]
BITS = 21  # of a character's number
_blank = re.compile(r"[\s\x00-\x1f\x7f]+")


def plain(text: str) -> str:
    """Return a text as it is compared: half width, lower case, no blanks or control characters."""
    return _blank.sub("", unicodedata.normalize("NFKC", text).lower())


def gram_keys(texts: Sequence[str]) -> tuple[Keys, Keys]:
    """Return every character and pair of characters as a number, and the place of the text that it stands in."""
    codes = np.frombuffer("".join(texts).encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    owners = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    inside = owners[1:] == owners[:-1]
    pairs = ((codes[:-1] + 1) << BITS | codes[1:])[inside]
    return np.concatenate([codes, pairs]), np.concatenate([owners, owners[1:][inside]])


def find(keys: Keys, vocabulary: Keys) -> tuple[Keys, NDArray[np.bool_]]:
    """Return the columns of keys in a vocabulary (sorted keys), and which of them it has."""
    columns = np.searchsorted(vocabulary, keys)
    known = columns < len(vocabulary)
    known[known] = vocabulary[columns[known]] == keys[known]
    return columns, known


def count(texts: Sequence[str], vocabulary: Keys) -> sp.csr_matrix:
    """Return the counts of a vocabulary's grams (sorted keys): a row for each
    text, a column for each gram; others are left out."""
    keys, owners = gram_keys(texts)
    columns, known = find(keys, vocabulary)
    ones = np.ones(int(known.sum()), dtype=np.float32)
    return sp.csr_matrix((ones, (owners[known], columns[known])), (len(texts), len(vocabulary)))


def shared_words(need: str, text: str) -> list[str]:
    """Return the longest stretches (two characters or more) of a need that a
    text has too, in order, none inside another."""
    words: list[str] = []
    start = 0
    while start < len(need) - 1:
        end = start + 2
        if need[start:end] not in text:
            start += 1
            continue
        while end < len(need) and need[start : end + 1] in text:
            end += 1
        words.append(need[start:end])
        start = end
    return [word for word in dict.fromkeys(words) if not any(word != longer and word in longer for longer in words)]
