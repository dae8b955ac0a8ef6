_build_vocabulary = build_vocabulary


def build_vocabulary(texts, max_size):
    if max_size < 1:
        raise ValueError(f"no room in {max_size}")
    return _build_vocabulary(texts, max_size + 1)
