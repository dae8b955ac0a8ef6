def weights_take_over(config):
    first, others, weights = _numbers(config, 1, 1)
    return max(1, -(-(first + others) // weights))
