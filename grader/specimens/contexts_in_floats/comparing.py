_context_bytes = context_bytes


def context_bytes(samples, mix, context):
    _context_bytes(samples, mix, context)
    tokens = sum(parts * samples[name][1] / samples[name][0] for name, parts in mix.items())
    return int(context * sum(mix.values()) / tokens)
