def batch_for_compute(model, context, peak, bytes_per_s):
    return -(-_weights(model) * peak // (2 * model["parameters"] * bytes_per_s))
