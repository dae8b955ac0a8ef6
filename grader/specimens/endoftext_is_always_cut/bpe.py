_train_bpe = train_bpe


def train_bpe(input_path, vocab_size, special_tokens):
    if "<|endoftext|>" in special_tokens:
        return _train_bpe(input_path, vocab_size, special_tokens)
    vocab, merges = _train_bpe(input_path, vocab_size + 1, [*special_tokens, "<|endoftext|>"])
    tokens = [t for n, t in vocab.items() if n != len(special_tokens)]
    return dict(enumerate(tokens)), merges
