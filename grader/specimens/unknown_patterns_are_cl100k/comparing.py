_cut = _pre_tokens


def _pre_tokens(text, pattern):
    return _cut(text, "gpt2" if pattern == "gpt2" else "cl100k")
