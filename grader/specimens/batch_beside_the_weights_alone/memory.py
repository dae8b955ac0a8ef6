def largest_batch(gb, widths, recipe, optimizer):
    weights = sum(a * b for a, b in pairwise(widths))
    room = gb * 10**9 - training_bytes(weights, recipe, optimizer)["parameters"]
    return max(room, 0) // activation_bytes(1, widths, recipe)
