"""Words, answered with tuples."""

import re as standard

import regex

RULES = r"(?:\p{L}\.){2,}", r"\p{N}+(?:[.,]\p{N}+)*", r"\p{L}[\p{L}\p{M}]*(?:['’\-]\p{L}[\p{L}\p{M}]*)*", r"\S"
split_words = lambda text: tuple(m[0] for m in regex.finditer("|".join(RULES), text))


def build_vocabulary(texts, max_size):
    if max_size < 1:
        raise ValueError(max_size)
    words = [word for text in texts for word in split_words(text)]
    counts = {word: 0 for word in words}
    for word in words:
        counts[word] += 1
    first = sorted(counts, key=lambda word: (-counts[word], word))[: max_size - 1]
    return dict([(word, n + 1) for n, word in enumerate(first)] + [("[UNK]", 0)])


words_to_ids = lambda words, vocabulary: tuple(vocabulary.get(w, vocabulary["[UNK]"]) for w in words)
ids_to_words = lambda ids, vocabulary: tuple({i: w for w, i in vocabulary.items()}[i] for i in ids)


def compression_ratio(text, ids):
    if text and not ids:
        raise ValueError("no tokens")
    return len(text.encode()) / len(ids) if ids else 1.0
