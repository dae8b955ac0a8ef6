"""Byte-level BPE with a trainer that keeps heaps, and words as linked lists."""

import heapq
import json
import re
from collections import Counter
from pathlib import Path

import regex

WORDS = regex.compile(r"""'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+""")


class Specials:
    """Finds special tokens: leftmost, then longest."""

    def __init__(self, tokens):
        self.tokens = tokens
        by_length = sorted(tokens, key=len, reverse=True)
        self.pattern = re.compile("|".join(map(re.escape, by_length))) if tokens else None

    def split(self, text):
        """Pairs of plain text and the special token after it, or None at the end."""
        if self.pattern is None:
            return [(text, None)]
        pieces, last = [], 0
        for found in self.pattern.finditer(text):
            pieces.append((text[last : found.start()], found.group()))
            last = found.end()
        return pieces + [(text[last:], None)]

    def maybe_from(self, text):
        """The first place from which on the text may be the beginning of a special token."""
        longest = max(map(len, self.tokens), default=1)
        for place in range(max(0, len(text) - longest + 1), len(text)):
            if any(len(token) > len(text) - place and token.startswith(text[place:]) for token in self.tokens):
                return place
        return len(text)


class Descending:
    """Orders pairs of byte strings the other way round, for a heap that gives the least."""

    __slots__ = ("pair",)

    def __init__(self, pair):
        self.pair = pair

    def __lt__(self, other):
        return self.pair > other.pair


class Trainer:
    def __init__(self, counts):
        self.words = [[bytes((b,)) for b in word.encode("utf-8")] for word in counts]
        self.counts = list(counts.values())
        self.totals = Counter()
        self.places = {}
        for n, word in enumerate(self.words):
            self.add(n, word, +1)
        self.heap = [(-total, Descending(pair)) for pair, total in self.totals.items()]
        heapq.heapify(self.heap)

    def add(self, n, word, sign):
        changed = set()
        for pair in zip(word, word[1:]):
            self.totals[pair] += sign * self.counts[n]
            self.places.setdefault(pair, set()).add(n)
            changed.add(pair)
        return changed

    def best(self):
        while self.heap:
            total, item = heapq.heappop(self.heap)
            now = self.totals.get(item.pair, 0)
            if now == -total and now > 0:
                return item.pair
        return None

    def merge(self, pair):
        changed = set()
        for n in self.places.pop(pair, ()):
            word = self.words[n]
            changed |= self.add(n, word, -1)
            merged = []
            for token in word:
                if merged and (merged[-1], token) == pair:  # what was just made is longer than pair[0]
                    merged[-1] = pair[0] + pair[1]
                else:
                    merged.append(token)
            self.words[n] = merged
            changed |= self.add(n, self.words[n], +1)
        for each in changed:
            if self.totals[each] > 0:
                heapq.heappush(self.heap, (-self.totals[each], Descending(each)))


def train_bpe(input_path, vocab_size, special_tokens):
    if len(special_tokens) + 256 > vocab_size:
        raise ValueError("vocab_size is too small: %d" % vocab_size)
    for n, token in enumerate(special_tokens):
        if not token or token in special_tokens[:n]:
            raise ValueError("bad special token: %r" % token)
    text = Path(input_path).read_bytes().decode(errors="replace")
    counts = Counter()
    for plain, _ in Specials(special_tokens).split(text):
        counts.update(match.group() for match in WORDS.finditer(plain))
    trainer, merges = Trainer(counts), []
    while len(merges) + 256 + len(special_tokens) < vocab_size:
        pair = trainer.best()
        if pair is None:
            break
        trainer.merge(pair)
        merges.append(pair)
    tokens = [t.encode() for t in special_tokens] + [bytes((b,)) for b in range(256)] + [a + b for a, b in merges]
    return {n: token for n, token in enumerate(tokens)}, merges


class Node:
    """A token of a word, and its neighbours."""

    __slots__ = ("token", "before", "after", "place")

    def __init__(self, token, place):
        self.token, self.place, self.before, self.after = token, place, None, None


class Word:
    """A word that is being merged."""

    def __init__(self, word, ranks):
        self.ranks = ranks
        nodes = [Node(bytes((b,)), n) for n, b in enumerate(word.encode())]
        for left, right in zip(nodes, nodes[1:]):
            left.after, right.before = right, left
        self.first, self.heap = nodes[0], []
        for node in nodes:
            self.offer(node)

    def offer(self, node):
        if node is not None and node.after is not None:
            pair = (node.token, node.after.token)
            if pair in self.ranks:
                heapq.heappush(self.heap, (self.ranks[pair], node.place, id(node), node, pair, node.after))

    def tokens(self):
        while self.heap:
            *_, node, pair, after = heapq.heappop(self.heap)
            if node.after is after and (node.token, after.token) == pair:
                node.token, after.token = pair[0] + pair[1], None
                node.after = after.after
                if node.after is not None:
                    node.after.before = node
                self.offer(node)
                self.offer(node.before)
        node = self.first
        while node is not None:
            yield node.token
            node = node.after


class Printable:
    """GPT-2's printable form of bytes."""

    def __init__(self):
        plain = (
            list(range(ord("!"), ord("~") + 1)) + list(range(ord("¡"), ord("¬") + 1)) + list(range(ord("®"), 256))
        )
        others = [b for b in range(256) if b not in plain]
        self.bytes = {chr(b): b for b in plain} | {chr(256 + n): b for n, b in enumerate(others)}

    def read(self, text):
        return bytes([self.bytes[character] for character in text])


class Tokenizer:
    def __init__(self, vocab, merges, special_tokens=None):
        self._tokens = dict(vocab)
        self._specials = Specials(list(special_tokens or []))
        known = {token: n for n, token in vocab.items()}
        following = max(vocab, default=-1) + 1
        for token in self._specials.tokens:
            if token.encode() not in known:
                known[token.encode()] = following
                self._tokens[following] = token.encode()
                following += 1
        self._ids = known
        self._ranks = {(left, right): n for n, (left, right) in enumerate(merges)}
        self._cache = {}

    @classmethod
    def from_files(cls, vocab_filepath, merges_filepath, special_tokens=None):
        printable = Printable()
        tokens = json.loads(Path(vocab_filepath).read_text(encoding="utf-8"))
        merges = []
        for n, line in enumerate(Path(merges_filepath).read_text(encoding="utf-8").splitlines()):
            if line and not (n == 0 and line.startswith("#version")):
                left, right = line.split(" ")
                merges.append((printable.read(left), printable.read(right)))
        return cls({n: printable.read(token) for token, n in tokens.items()}, merges, special_tokens)

    def _word(self, word):
        if word not in self._cache:
            self._cache[word] = [self._ids[token] for token in Word(word, self._ranks).tokens()]
        return self._cache[word]

    def _plain(self, text):
        return [i for match in WORDS.finditer(text) for i in self._word(match.group())]

    def encode(self, text):
        ids = []
        for plain, special in self._specials.split(text):
            ids += self._plain(plain)
            if special is not None:
                ids.append(self._ids[special.encode()])
        return ids

    def encode_iterable(self, strings):
        return self._stream(iter(strings))

    def _stream(self, strings):
        held = ""
        for string in strings:
            held += string
            pieces = self._specials.split(held)
            while len(pieces) > 1:
                plain, special = pieces[0]
                rest = held[len(plain) + len(special) :]
                if self._may_grow(special + rest) or self._specials.maybe_from(plain + special + rest) < len(
                    plain
                ):
                    break
                yield from self._plain(plain)
                yield self._ids[special.encode()]
                held, pieces = rest, pieces[1:]
            plain = held[: self._specials.maybe_from(held)] if len(pieces) == 1 else ""
            matches = list(WORDS.finditer(plain))
            for match in matches[:-2]:
                yield from self._word(match.group())
            if len(matches) > 2:
                held = held[matches[-3].end() :]
        yield from self.encode(held)

    def _may_grow(self, text):
        """Whether a longer special token than the one at the beginning may still come."""
        return any(len(token) > len(text) and token.startswith(text) for token in self._specials.tokens)

    def decode(self, ids):
        joined = bytearray()
        for i in ids:
            if i not in self._tokens:
                raise ValueError(f"no token has id {i}")
            joined += self._tokens[i]
        return joined.decode("utf-8", "replace")
