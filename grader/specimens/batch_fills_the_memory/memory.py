def largest_batch(gb, widths, recipe, optimizer):
    training_bytes(1, recipe, optimizer)
    return gb * 10**9 // activation_bytes(1, widths, recipe)
