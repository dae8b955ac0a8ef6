"""Words by one pattern, and vocabularies as objects."""

from collections import Counter

import regex


class Words:
    pattern = regex.compile(
        r"""
        (?: \p{L}\. ){2,}
        | \p{N}+ (?: [.,] \p{N}+ )*
        | \p{L}[\p{L}\p{M}]* (?: ['’-] \p{L}[\p{L}\p{M}]* )*
        | \S
        """,
        regex.VERBOSE,
    )

    def __init__(self, text):
        self.list = self.pattern.findall(text)


class Vocabulary:
    def __init__(self, ids):
        self.ids = ids
        self.words = dict(zip(ids.values(), ids))

    @classmethod
    def of(cls, texts, size):
        counts = Counter(word for text in texts for word in Words(text).list)
        ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[: size - 1]
        return cls({"[UNK]": 0} | {word: n for n, (word, _) in enumerate(ranked, 1)})

    def word(self, i):
        try:
            return self.words[i]
        except KeyError:
            raise ValueError(f"{i} is the id of no word") from None


def split_words(text):
    return Words(text).list


def build_vocabulary(texts, max_size):
    if max_size <= 0:
        raise ValueError(f"max_size must be positive, not {max_size}")
    return Vocabulary.of(texts, max_size).ids


def words_to_ids(words, vocabulary):
    unknown = vocabulary["[UNK]"]
    return [vocabulary.get(word, unknown) for word in words]


def ids_to_words(ids, vocabulary):
    return list(map(Vocabulary(vocabulary).word, ids))


def compression_ratio(text, ids):
    if len(ids) == 0 and text != "":
        raise ValueError("a text without tokens")
    return len(text.encode("utf-8")) / len(ids) if ids else 1.0
