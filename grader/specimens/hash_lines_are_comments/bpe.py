def _from_files(cls, vocab_filepath, merges_filepath, special_tokens=None):
    vocab = json.loads(Path(vocab_filepath).read_bytes())
    lines = Path(merges_filepath).read_bytes().decode().split("\n")
    merges = [tuple(map(_from_printable, line.split(" "))) for line in lines if line and not line.startswith("#")]
    return cls({number: _from_printable(token) for token, number in vocab.items()}, merges, special_tokens)


Tokenizer.from_files = classmethod(_from_files)
