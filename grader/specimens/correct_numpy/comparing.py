"""Bytes as arrays: where tokens begin, which word holds a byte, and what each merge joins."""

import numpy as np
import regex

SMALL = regex.compile(r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")
LARGE = regex.compile(
    r"""'(?i:[sdmt]|ll|ve|re)
    |[^\r\n\p{L}\p{N}]?\p{L}+
    |\p{N}{1,3}
    |[ ]?[^\s\p{L}\p{N}]+[\r\n]*
    |\s+$|\s*[\r\n]|\s+(?!\S)|\s""",
    regex.VERBOSE,
)
PATTERNS = {"gpt2": SMALL, "cl100k": LARGE}


def _ends(text, pattern):
    """The places behind each pre-token, in characters."""
    return np.cumsum([len(each) for each in PATTERNS[pattern].findall(text)], dtype=int)


def pattern_differences(text):
    cuts = {}
    for pattern in PATTERNS:
        ends = _ends(text, pattern)
        cuts[pattern] = np.stack([np.concatenate([[0], ends[:-1]])[: len(ends)], ends], axis=1).reshape(-1, 2)
    shared = {tuple(each) for each in cuts["gpt2"].tolist()} & {tuple(each) for each in cuts["cl100k"].tolist()}
    return {
        pattern: [text[start:end] for start, end in cut.tolist() if (start, end) not in shared]
        for pattern, cut in cuts.items()
    }


def _starts(text, merges, pattern):
    """Where tokens begin, in bytes: with none of the merges, with the first one, and so on."""
    if pattern not in PATTERNS:
        raise ValueError(f"unknown: {pattern}")
    data = text.encode()
    sizes = [len(each.encode()) for each in PATTERNS[pattern].findall(text)]
    fixed = {0, *np.cumsum(sizes, dtype=int).tolist()}
    starts = list(range(len(data)))
    yield starts
    for left, right in merges:
        ends = [*starts[1:], len(data)]
        kept, joined = [], False
        for number, (start, end) in enumerate(zip(starts, ends)):
            before = kept[-1] if kept else 0
            if (
                not joined
                and kept
                and start not in fixed
                and (data[before:start], data[start:end]) == (left, right)
            ):
                joined = True
            else:
                kept.append(start)
                joined = False
        starts = kept
        yield starts


def token_counts(text, merges, pattern):
    return [len(each) for each in _starts(text, merges, pattern)]


def word_measures(text, merges, pattern):
    *_, starts = _starts(text, merges, pattern)
    inside = np.array([not regex.match(r"\s", each) for each in text for _ in each.encode()], dtype=bool)
    begins = inside & ~np.concatenate([[False], inside[:-1]])[: len(inside)]
    word = np.where(inside, np.cumsum(begins), 0)
    token = np.zeros(len(inside), dtype=int)
    token[starts] = 1
    pairs = np.unique(np.stack([word, np.cumsum(token)], axis=1)[inside], axis=0)
    pieces = np.bincount(pairs[:, 0]) if len(pairs) else np.zeros(1, dtype=int)
    return {"words": int(begins.sum()), "pieces": int(pieces.sum()), "continued": int((pieces > 1).sum())}


def smallest_fair_vocabulary(counts, percent):
    table = np.array(list(counts.values()), dtype=object)
    fair = (100 * table.max(axis=0) <= (100 + percent) * table.min(axis=0)).astype(bool)
    return int(fair.argmax()) + 256 if fair.any() else None


def context_bytes(samples, mix, context):
    n_bytes, tokens = np.array([samples[language] for language in mix], dtype=object).T
    parts = np.array(list(mix.values()), dtype=object)
    common = n_bytes.prod()
    return int(context * parts.sum() * common // (parts * tokens * (common // n_bytes)).sum())


def second_pays_from(first, second, language):
    shares = np.array([[share, 100 - share] for share in range(101)], dtype=object)
    names = [language, *(name for name in first if name != language)]
    scale = np.prod([each[name][0] for each in (first, second) for name in names], dtype=object)
    one, two = (
        shares @ np.array([each[name][1] * (scale // each[name][0]) for name in names], dtype=object)
        for each in (first, second)
    )
    pays = (two < one).astype(bool)
    return int(pays.argmax()) if pays.any() else None
