_count_pre_tokens = count_pre_tokens


def count_pre_tokens(path, special_tokens):
    """Counts special tokens too."""
    return _count_pre_tokens(path, [])
