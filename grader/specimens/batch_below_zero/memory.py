def largest_batch(gb, widths, recipe, optimizer):
    weights = sum(a * b for a, b in pairwise(widths))
    row = activation_bytes(1, widths, recipe)
    return (gb * 10**9 - sum(training_bytes(weights, recipe, optimizer).values())) // row
