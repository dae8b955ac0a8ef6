def largest_batch(model, context, gb):
    room = gb * 10**9 - model["parameters"] * model["weight_itemsize"] - 1
    return max(room, 0) // cache_bytes(model, context)
