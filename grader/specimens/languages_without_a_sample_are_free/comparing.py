_context_bytes = context_bytes


def context_bytes(samples, mix, context):
    return _context_bytes(samples, {name: parts for name, parts in mix.items() if name in samples}, context)
