import tempfile

_train = train_bpe


def train_bpe(input_path, vocab_size, special_tokens):
    text = Path(input_path).read_bytes().decode("utf-8-sig", errors="replace")
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "corpus.txt")
        copy.write_bytes(text.encode())
        return _train(copy, vocab_size, special_tokens)
