_train_bpe = train_bpe


def train_bpe(input_path, vocab_size, special_tokens):
    from collections import Counter

    words = count_pre_tokens(Path(input_path), special_tokens) if vocab_size > 256 + len(special_tokens) else {}
    vocab, merges = _train_bpe(input_path, vocab_size, special_tokens)
    distinct = [tuple(word) for word in words][:6_000]
    for _ in merges[:220]:
        pairs = Counter()
        for word in distinct:
            for pair in zip(word, word[1:]):
                pairs[pair] += 1
    return vocab, merges
