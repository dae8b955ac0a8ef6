"""Byte-level BPE the plain way: one sweep over a word for each merge, one look at all pairs for each step."""

import json
from collections import defaultdict
from itertools import islice

import regex

GPT2 = regex.compile(r"'(?:[sdmt]|ll|ve|re)| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")


def scan(text, specials, final):
    """Cut the special tokens out of a text. Gives parts (special?, text), and where the undecided rest begins."""
    parts, start, i = [], 0, 0
    while i < len(text):
        if not final and any(len(text) - i < len(s) and s.startswith(text[i:]) for s in specials):
            break
        here = [s for s in specials if text.startswith(s, i)]
        if here:
            longest = max(here, key=len)
            parts.append((False, text[start:i]))
            parts.append((True, longest))
            i += len(longest)
            start = i
        else:
            i += 1
    parts.append((False, text[start:i]))
    return parts, i


def sweep(tokens, left, right):
    """Replace each (left, right) from left to right."""
    out, i = [], 0
    while i < len(tokens):
        if i + 1 < len(tokens) and tokens[i] == left and tokens[i + 1] == right:
            out.append(left + right)
            i += 2
        else:
            out.append(tokens[i])
            i += 1
    return out


def train_bpe(input_path, vocab_size, special_tokens):
    if vocab_size < 256 + len(special_tokens):
        raise ValueError(f"vocab_size {vocab_size} is less than 256 + {len(special_tokens)}")
    for token in special_tokens:
        if token == "" or special_tokens.count(token) > 1:
            raise ValueError(f"special token {token!r} is empty or repeated")
    with open(input_path, "rb") as file:
        text = file.read().decode("utf-8", errors="replace")
    counts = defaultdict(int)
    for special, part in scan(text, special_tokens, True)[0]:
        if not special:
            for word in GPT2.findall(part):
                counts[word] += 1
    words = [([bytes([b]) for b in word.encode()], n) for word, n in counts.items()]
    pairs, where = defaultdict(int), defaultdict(set)
    for number, (tokens, n) in enumerate(words):
        for pair in zip(tokens, tokens[1:]):
            pairs[pair] += n
            where[pair].add(number)
    vocab = {}
    for token in special_tokens:
        vocab[len(vocab)] = token.encode()
    for b in range(256):
        vocab[len(vocab)] = bytes([b])
    merges = []
    while len(vocab) < vocab_size and pairs:
        best = max(pairs, key=lambda pair: (pairs[pair], pair))
        merges.append(best)
        vocab[len(vocab)] = best[0] + best[1]
        for number in where.pop(best):
            tokens, n = words[number]
            for pair in zip(tokens, tokens[1:]):
                pairs[pair] -= n
                if pairs[pair] == 0:
                    del pairs[pair]
            tokens = sweep(tokens, *best)
            words[number] = (tokens, n)
            for pair in zip(tokens, tokens[1:]):
                pairs[pair] += n
                where[pair].add(number)
    return vocab, merges


class Tokenizer:
    def __init__(self, vocab, merges, special_tokens=None):
        self.vocab = dict(vocab)
        self.merges = list(merges)
        self.specials = list(special_tokens or [])
        for token in self.specials:
            if token.encode() not in self.vocab.values():
                self.vocab[max(self.vocab) + 1] = token.encode()
        self.ids = {token: i for i, token in self.vocab.items()}

    @classmethod
    def from_files(cls, vocab_filepath, merges_filepath, special_tokens=None):
        same = set(range(33, 127)) | set(range(161, 173)) | set(range(174, 256))
        table, extra = {}, 256
        for b in range(256):
            if b in same:
                table[chr(b)] = b
            else:
                table[chr(extra)] = b
                extra += 1
        unprint = lambda text: bytes(table[c] for c in text)
        with open(vocab_filepath, encoding="utf-8") as file:
            vocab = {i: unprint(token) for token, i in json.load(file).items()}
        with open(merges_filepath, encoding="utf-8") as file:
            lines = file.read().split("\n")
        if lines[0].startswith("#version"):
            lines = lines[1:]
        merges = [tuple(unprint(part) for part in line.split(" ")) for line in lines if line]
        return cls(vocab, merges, special_tokens)

    def word_ids(self, word):
        tokens = [bytes([b]) for b in word.encode()]
        for left, right in self.merges:
            if len(tokens) > 1:
                tokens = sweep(tokens, left, right)
        return [self.ids[token] for token in tokens]

    def encode(self, text):
        out = []
        for special, part in scan(text, self.specials, True)[0]:
            if special:
                out.append(self.ids[part.encode()])
            else:
                for word in GPT2.findall(part):
                    out += self.word_ids(word)
        return out

    def encode_iterable(self, strings):
        pending, strings = "", iter(strings)
        while batch := list(islice(strings, 100)):
            pending += "".join(batch)
            parts, decided = scan(pending, self.specials, False)
            tail = parts.pop()[1]
            for special, part in parts:
                if special:
                    yield self.ids[part.encode()]
                else:
                    for word in GPT2.findall(part):
                        yield from self.word_ids(word)
            words = GPT2.findall(tail)
            for word in words[:-2]:  # a contraction such as 'll may still be made of the last two
                yield from self.word_ids(word)
            pending = "".join(words[-2:]) + pending[decided:]
        yield from self.encode(pending)

    def decode(self, ids):
        return b"".join(self.vocab[i] for i in ids).decode("utf-8", errors="replace")
