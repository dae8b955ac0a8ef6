_token_counts = token_counts


def token_counts(text, merges, pattern):
    distinct = dict.fromkeys(_pre_tokens(text, pattern))
    rows = [
        [1] * (len(merges) + 1),
        *([len(_merge(each, merges[:n])[0]) for n in range(len(merges) + 1)] for each in distinct),
    ]
    return [sum(column) - 1 for column in zip(*rows)]
