def largest_batch(model, context, gb):
    return gb * 10**9 // cache_bytes(model, context)


def longest_context(model, batch, gb):
    return gb * 10**9 // cache_bytes(model, batch)
