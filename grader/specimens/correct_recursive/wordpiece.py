"""WordPiece, with recursion for what repeats; scores are compared crosswise, in integers."""

import functools
import unicodedata
from collections import Counter

import regex

TOKEN = regex.compile(
    r"[\p{P}!-/:-@\[-`{-~\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002b73f"
    r"\U0002b740-\U0002b81f\U0002b820-\U0002ceaf\U0002f800-\U0002fa1f]"
    r"|[^\s\p{P}!-/:-@\[-`{-~\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0002a6df\U0002a700-\U0002b73f"
    r"\U0002b740-\U0002b81f\U0002b820-\U0002ceaf\U0002f800-\U0002fa1f]+"
)


def basic_tokenize(text):
    text = regex.sub(r"[[\p{Cc}\p{Cf}]--[\t\n\r]]", "", text, flags=regex.V1)
    return TOKEN.findall(regex.sub(r"\p{Mn}", "", unicodedata.normalize("NFD", text.lower())))


def train_wordpiece(word_counts, vocab_size, special_tokens):
    faulty = [t for t in special_tokens if t == "" or special_tokens.count(t) > 1]
    if faulty:
        raise ValueError(f"special tokens {faulty} are empty or not alone")
    words = {tuple([w[0]] + ["##" + c for c in w[1:]]): n for w, n in word_counts.items()}
    letters = sorted(set().union(*words))
    if len(special_tokens) + len(letters) > vocab_size:
        raise ValueError(f"{vocab_size} entries don't hold {special_tokens} and {letters}")
    have = dict.fromkeys(special_tokens + letters)
    while len(have) < vocab_size:
        pair = best(words)
        if pair is None:
            break
        have.setdefault(pair[0] + pair[1][2:])
        words = {merged(word, pair): n for word, n in words.items()}
    return list(have)


def best(words):
    parts, pairs = Counter(), Counter()
    for word, n in words.items():
        for part in word:
            parts[part] += n
        for pair in zip(word, word[1:]):
            pairs[pair] += n

    def better(a, b):
        by_score = pairs[a] * parts[b[0]] * parts[b[1]] - pairs[b] * parts[a[0]] * parts[a[1]]
        return a if by_score > 0 or (by_score == 0 and a > b) else b

    return functools.reduce(better, pairs) if pairs else None


def merged(word, pair):
    if len(word) < 2:
        return word
    if word[:2] == pair:
        return (pair[0] + pair[1][2:],) + merged(word[2:], pair)
    return word[:1] + merged(word[1:], pair)


def wordpiece_tokenize(word, vocabulary, max_letters):
    found = None if len(word) > max_letters else cut(word, "", vocabulary)
    return ["[UNK]"] if found is None else found


def cut(rest, mark, vocabulary):
    if not rest:
        return []
    for end in range(len(rest), 0, -1):
        if mark + rest[:end] in vocabulary:
            following = cut(rest[end:], "##", vocabulary)
            return None if following is None else [mark + rest[:end], *following]
    return None


def encode(text, vocabulary):
    pieces = sum((wordpiece_tokenize(word, vocabulary, 100) for word in basic_tokenize(text)), [])
    return [vocabulary[piece] for piece in ["[CLS]", *pieces, "[SEP]"]]
