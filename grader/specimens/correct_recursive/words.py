"""Words, with a small recursive parser for each rule. Each gives the end of what fits at a place, or the place."""

import unicodedata


def kind(text, i):
    return unicodedata.category(text[i])[0] if i < len(text) else ""


def abbreviation(text, i, letters=0):
    if kind(text, i) == "L" and text[i + 1 : i + 2] == ".":
        return abbreviation(text, i + 2, letters + 1)
    return i if letters >= 2 else i - 2 * letters


def run(text, i, kinds):
    return run(text, i + 1, kinds) if kind(text, i) in kinds and i < len(text) else i


def number(text, i):
    end = run(text, i, "N")
    if end > i and text[end : end + 1] in (".", ",") and kind(text, end + 1) == "N":
        return number(text, end + 1)
    return end


def word(text, i):
    if kind(text, i) != "L":
        return i
    end = run(text, i, "LM")
    if text[end : end + 1] in ("'", "’", "-") and kind(text, end + 1) == "L":
        return word(text, end + 1)
    return end


def split_words(text):
    words, i = [], 0
    while i < len(text):
        end = next((rule(text, i) for rule in (abbreviation, number, word) if rule(text, i) > i), i + 1)
        if not text[i].isspace():
            words.append(text[i:end])
        i = end
    return words


def build_vocabulary(texts, max_size):
    if max_size < 1:
        raise ValueError(f"max_size is {max_size}")
    counts = {}
    for text in texts:
        for each in split_words(text):
            counts[each] = counts.get(each, 0) + 1
    ranked = sorted(sorted(counts), key=counts.get, reverse=True)
    return {each: n for n, each in enumerate(["[UNK]"] + ranked[: max_size - 1])}


def words_to_ids(words, vocabulary):
    return [vocabulary[each if each in vocabulary else "[UNK]"] for each in words]


def ids_to_words(ids, vocabulary):
    if not ids:
        return []
    for each, i in vocabulary.items():
        if i == ids[0]:
            return [each] + ids_to_words(ids[1:], vocabulary) if len(ids) < 50 else many(ids, vocabulary)
    raise KeyError(ids[0])


def many(ids, vocabulary):
    half = len(ids) // 2
    return ids_to_words(ids[:half], vocabulary) + ids_to_words(ids[half:], vocabulary)


def compression_ratio(text, ids):
    if not ids:
        if text:
            raise ValueError("there are no tokens")
        return 1.0
    return sum(1 + (c > "\x7f") + (c > "\u07ff") + (c > "\uffff") for c in text) / len(ids)
