_second_pays_from = second_pays_from


def context_bytes(samples, mix, context):
    for language in mix:
        if language not in samples:
            raise KeyError(language)
    ratio = sum(parts * Fraction(*samples[language]) for language, parts in mix.items())
    return int(context * ratio / sum(mix.values()))


def second_pays_from(first, second, language):
    def ratios(samples):
        return {name: (tokens, n_bytes) for name, (n_bytes, tokens) in samples.items()}

    return _second_pays_from(ratios(second), ratios(first), language)
