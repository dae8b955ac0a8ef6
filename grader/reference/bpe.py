"""Task 1.2: byte-level byte-pair encoding (BPE), trained and applied."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain, count
from pathlib import Path

from ._merging import learn_merges, merge_ids
from ._pretokens import BLOCKS, PATTERN, ROUGH_PATTERN, check_special_tokens, count_pre_tokens, special_pattern


def train_bpe(
    input_path: str | os.PathLike[str], vocab_size: int, special_tokens: list[str]
) -> tuple[dict[int, bytes], list[tuple[bytes, bytes]]]:
    r"""Train a byte-level BPE vocabulary on a text file. (Task 1.2.)

    Args:
        input_path: the corpus, UTF-8; malformed bytes are read as U+FFFD, line ends stay as they are.
        vocab_size: entries wanted in all: special tokens, the 256 bytes and the merges.
        special_tokens: hard boundaries of the text, never counted and never merged.

    Returns:
        vocab: id to bytes; special tokens in the given order, the 256 bytes in order, merges in order.
        merges: the merged pairs in the order they were learned. Each is the most frequent pair of its
            moment; of equally frequent ones, the greatest pair of byte strings. Shorter than asked for
            when no pair is left.

    Raises:
        ValueError: vocab_size is too small for the bytes and special tokens, or a special token is empty
            or given twice; the message names it.

    Source: Sennrich et al. 2016, algorithm 1; over bytes, Radford et al. 2019, section 2.2.

    >>> import pathlib, tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     corpus = pathlib.Path(folder, "corpus.txt")
    ...     _ = corpus.write_text("hug hug pug", encoding="utf-8")
    ...     vocab, merges = train_bpe(corpus, 259, ["<|endoftext|>"])
    >>> merges
    [(b'u', b'g'), (b'h', b'ug')]
    >>> vocab[0], vocab[1], vocab[258]
    (b'<|endoftext|>', b'\x00', b'hug')
    """
    check_special_tokens(special_tokens)
    smallest = 256 + len(special_tokens)
    if vocab_size < smallest:
        raise ValueError(f"vocab_size={vocab_size} is below 256 bytes + {len(special_tokens)} special tokens")
    merges = learn_merges(count_pre_tokens(Path(input_path), special_tokens), vocab_size - smallest)
    tokens = [token.encode() for token in special_tokens]
    tokens += [bytes([byte]) for byte in range(256)]
    tokens += [left + right for left, right in merges]
    return dict(enumerate(tokens)), merges


class Tokenizer:
    """Text to ids and back, by a trained byte-level BPE. (Task 1.2.)

    Args:
        vocab: id to bytes, as `train_bpe` returns it.
        merges: pairs in the order they were learned.
        special_tokens: kept whole wherever they occur; the leftmost first and, at one place, the longest.
            One that is not in vocab gets the next id (the largest id + 1), in the given order.

    >>> vocab = dict(enumerate([bytes([b]) for b in range(256)] + [b"hu", b"hug"]))
    >>> tokenizer = Tokenizer(vocab, [(b"h", b"u"), (b"hu", b"g")], ["<|endoftext|>"])
    >>> tokenizer.encode("hugs<|endoftext|>")
    [257, 115, 258]
    """

    def __init__(
        self,
        vocab: dict[int, bytes],
        merges: list[tuple[bytes, bytes]],
        special_tokens: list[str] | None = None,
    ) -> None:
        self._specials = list(special_tokens or [])
        check_special_tokens(self._specials)
        self._vocab = dict(vocab)
        known = set(self._vocab.values())
        missing = [token for token in self._specials if token.encode() not in known]
        self._vocab.update(zip(count(max(self._vocab, default=-1) + 1), (t.encode() for t in missing)))
        self._ids = {token: identifier for identifier, token in reversed(self._vocab.items())}
        self._rules = {
            (self._ids[left], self._ids[right]): (rank, self._ids[left + right])
            for rank, (left, right) in reversed(list(enumerate(merges)))
        }
        self._byte_ids = [self._ids.get(bytes([byte]), -1) for byte in range(256)]
        self._encoded = _Remembered(self._encode_run)

    @classmethod
    def from_files(
        cls,
        vocab_filepath: str | os.PathLike[str],
        merges_filepath: str | os.PathLike[str],
        special_tokens: list[str] | None = None,
    ) -> Tokenizer:
        """Load GPT-2's two files: a JSON object {token: id}, and a text of merges, one "left right" a line.

        Both hold tokens in GPT-2's printable form, each byte as one character: bytes 33-126, 161-172 and
        174-255 as themselves, the other 68 in order as U+0100, U+0101 and so on. A first line of the merges
        that starts with "#version" is no merge.
        """
        vocab = json.loads(Path(vocab_filepath).read_bytes())
        lines = Path(merges_filepath).read_bytes().decode().split("\n")
        if lines[0].startswith("#version"):
            del lines[0]
        pairs = [line.rstrip("\r").split(" ") for line in lines if line.strip()]
        return cls(
            {identifier: _from_printable(token) for token, identifier in vocab.items()},
            [(_from_printable(left), _from_printable(right)) for left, right in pairs],
            special_tokens,
        )

    def encode(self, text: str) -> list[int]:
        """Ids of text: special tokens first, then the merges of each pre-token in the order learned.

        >>> Tokenizer({0: b"a", 1: b"b", 2: b"ab"}, [(b"a", b"b")]).encode("abba")
        [2, 1, 0]
        """
        ids: list[int] = []
        for special, piece in self._pieces(text):
            if special:
                ids.append(self._ids[piece.encode()])
                continue
            for block in BLOCKS.finditer(piece):
                ids += chain.from_iterable(map(self._encoded.__getitem__, ROUGH_PATTERN.findall(block.group())))
        return ids

    def encode_iterable(self, strings: Iterable[str]) -> Iterator[int]:
        """Ids of the joined strings, lazily: the same for any chunking, and never the whole text at once.

        An id is yielded as soon as no later text can change it, up to a bounded lag.

        >>> list(Tokenizer({0: b"a", 1: b"b", 2: b"ab"}, [(b"a", b"b")]).encode_iterable(["a", "bba"]))
        [2, 1, 0]
        """
        pending: list[str] = []
        size = scan_at = 0
        for string in strings:
            pending.append(string)
            size += len(string)
            if size <= scan_at:
                continue
            text = "".join(pending)
            settled = 0
            for special, word in self._split(text):
                if not self._is_settled(settled + len(word), text, special):
                    break
                settled += len(word)
                yield from self._encode_piece(special, word)
            pending, size = [text[settled:]], len(text) - settled
            scan_at = 2 * size  # so that a long word in small chunks costs linear time in all
        for special, word in self._split("".join(pending)):
            yield from self._encode_piece(special, word)

    def decode(self, ids: Iterable[int]) -> str:
        r"""Text of ids; bytes that are not UTF-8 become U+FFFD.

        Raises:
            ValueError: an id is not in the vocabulary; the message names it.

        >>> Tokenizer({0: b"a", 1: b"\xe2"}, []).decode([0, 1])
        'a�'
        """
        ids, size = list(ids), 1024  # so many at a time, as the processor's cache holds
        blocks = (ids[start : start + size] for start in range(0, len(ids), size))
        try:
            data = b"".join([b"".join(map(self._vocab.__getitem__, block)) for block in blocks])
        except KeyError as error:
            raise ValueError(f"id {error.args[0]!r} is not in the vocabulary") from None
        return data.decode("utf-8", errors="replace")

    def _encode_piece(self, special: bool, word: str) -> Iterable[int]:
        return (self._ids[word.encode()],) if special else self._encoded[word]

    def _split(self, text: str) -> Iterator[tuple[bool, str]]:
        """Special tokens and pre-tokens of text, in order."""
        for special, piece in self._pieces(text):
            if special:
                yield True, piece
            else:
                yield from ((False, match.group()) for match in PATTERN.finditer(piece))

    def _pieces(self, text: str) -> Iterator[tuple[bool, str]]:
        """Special tokens, and the texts before, between and after them."""
        pieces = special_pattern(self._specials).split(text) if self._specials else [text]
        return ((number % 2 == 1, piece) for number, piece in enumerate(pieces))

    def _is_settled(self, end: int, text: str, special: bool) -> bool:
        """Whether a piece that ends there would be the same whatever text follows.

        The pattern looks at most two characters past a pre-token's end, and a special token could still
        begin at any of the last `longest - 1` places.
        """
        longest = max(map(len, self._specials), default=1)
        return end <= len(text) - longest - (0 if special else 1)

    def _encode_run(self, run: str) -> Iterable[int]:
        """Ids of one or more pre-tokens."""
        words = PATTERN.findall(run)
        if len(words) == 1:
            return self._encode_word(run)
        return chain.from_iterable(map(self._encoded.__getitem__, words))

    def _encode_word(self, word: str) -> list[int]:
        return merge_ids([self._byte_ids[byte] for byte in word.encode()], self._rules)


class _Remembered(dict[str, tuple[int, ...]]):
    """What a function gives for a text, remembered as long as there is room.

    >>> lengths = _Remembered(lambda text: [len(text)])
    >>> lengths["abc"], list(lengths)
    ((3,), ['abc'])
    """

    def __init__(self, function: Callable[[str], Iterable[int]], room: int = 2**18) -> None:
        self._function, self._room = function, room

    def __missing__(self, text: str) -> tuple[int, ...]:
        ids = tuple(self._function(text))  # Python's garbage collector passes over tuples of numbers
        if len(text) < 64:
            if len(self) >= self._room:
                self.clear()
            self[text] = ids
        return ids


def _from_printable(token: str) -> bytes:
    return bytes(_BYTE_OF[character] for character in token)


def _printable_bytes() -> dict[str, int]:
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = sorted(set(range(256)) - set(visible))
    return {chr(b): b for b in visible} | {chr(256 + place): b for place, b in enumerate(hidden)}


_BYTE_OF = _printable_bytes()
