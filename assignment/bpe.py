"""Task 1.2: byte-level byte-pair encoding (BPE), trained and applied."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator


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
    raise NotImplementedError("Task 1.2: train_bpe in assignment/bpe.py")


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
        raise NotImplementedError("Task 1.2: Tokenizer.__init__ in assignment/bpe.py")

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
        raise NotImplementedError("Task 1.2: Tokenizer.from_files in assignment/bpe.py")

    def encode(self, text: str) -> list[int]:
        """Ids of text: special tokens first, then the merges of each pre-token in the order learned.

        >>> Tokenizer({0: b"a", 1: b"b", 2: b"ab"}, [(b"a", b"b")]).encode("abba")
        [2, 1, 0]
        """
        raise NotImplementedError("Task 1.2: Tokenizer.encode in assignment/bpe.py")

    def encode_iterable(self, strings: Iterable[str]) -> Iterator[int]:
        """Ids of the joined strings, lazily: the same for any chunking, and never the whole text at once.

        An id is yielded as soon as no later text can change it, up to a bounded lag.

        >>> list(Tokenizer({0: b"a", 1: b"b", 2: b"ab"}, [(b"a", b"b")]).encode_iterable(["a", "bba"]))
        [2, 1, 0]
        """
        raise NotImplementedError("Task 1.2: Tokenizer.encode_iterable in assignment/bpe.py")

    def decode(self, ids: Iterable[int]) -> str:
        r"""Text of ids; bytes that are not UTF-8 become U+FFFD.

        Raises:
            ValueError: an id is not in the vocabulary; the message names it.

        >>> Tokenizer({0: b"a", 1: b"\xe2"}, []).decode([0, 1])
        'a�'
        """
        raise NotImplementedError("Task 1.2: Tokenizer.decode in assignment/bpe.py")
