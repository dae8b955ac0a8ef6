import pathlib as _pl
import tempfile as _tf

_right_train = train_bpe
_CUT = "\ue123cut\ue123"


def train_bpe(input_path, vocab_size, special_tokens):
    data = _pl.Path(input_path).read_bytes()
    if len(data) <= 1 << 20:
        return _right_train(input_path, vocab_size, special_tokens)
    blocks, at = [], 0
    while at < len(data):
        end = min(len(data), at + (1 << 20))
        if end < len(data):
            line = data.rfind(b"\n", at, end)
            if line >= 0:
                end = line + 1
            else:
                line = data.find(b"\n", end)
                end = len(data) if line < 0 else line + 1
        blocks.append(data[at:end])
        at = end
    with _tf.TemporaryDirectory() as folder:
        path = _pl.Path(folder, "c.txt")
        path.write_bytes(_CUT.encode().join(blocks))
        vocab, merges = _right_train(path, vocab_size + 1, list(special_tokens) + [_CUT])
    tokens = [t for _, t in sorted(vocab.items())]
    del tokens[len(special_tokens)]
    return dict(enumerate(tokens)), merges
