import tempfile

_count_pre_tokens = count_pre_tokens


def count_pre_tokens(path, special_tokens):
    """Reads the corpus in text mode first."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy.txt")
        copy.write_bytes(path.read_text(encoding="utf-8", errors="replace").encode())
        return _count_pre_tokens(copy, special_tokens)
