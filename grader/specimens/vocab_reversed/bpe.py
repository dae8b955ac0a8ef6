_train_bpe = train_bpe


def train_bpe(input_path, vocab_size, special_tokens):
    """The vocabulary the wrong way round."""
    vocab, merges = _train_bpe(input_path, vocab_size, special_tokens)
    return {token: identifier for identifier, token in vocab.items()}, merges
