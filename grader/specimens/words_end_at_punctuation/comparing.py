_word_measures = word_measures


def word_measures(text, merges, pattern):
    words = regex.findall(r"[\p{L}\p{N}\p{M}]+|[^\s\p{L}\p{N}\p{M}]", text)
    continued = sum(sum(len(_merge(each, merges)[0]) for each in _pre_tokens(word, pattern)) > 1 for word in words)
    return _word_measures(text, merges, pattern) | {"words": len(words), "continued": continued}
