_cut = _pre_tokens


def _pre_tokens(text, pattern):
    return ["".join(_cut(text, pattern))]
