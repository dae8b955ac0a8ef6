_train_bpe = train_bpe


def train_bpe(input_path, vocab_size, special_tokens):
    from collections import Counter

    path = Path(input_path)
    if path.stat().st_size <= 2**21:
        return _train_bpe(input_path, vocab_size, special_tokens)
    counts = Counter()
    with path.open("rb") as file:
        while block := file.read(2**21):
            text = (block + file.readline()).decode("utf-8", errors="replace")
            for piece in special_pattern(special_tokens).split(text)[::2] if special_tokens else [text]:
                counts.update(PATTERN.findall(piece))
    words = Counter({word.encode(): times for word, times in counts.items()})
    merges = learn_merges(words, vocab_size - 256 - len(special_tokens))
    tokens = [t.encode() for t in special_tokens] + [bytes([b]) for b in range(256)] + [a + b for a, b in merges]
    return dict(enumerate(tokens)), merges
