def longest_sequence(tokens, days, gpus, peak, mfu_percent, parameters, layers, d_model):
    from decimal import ROUND_FLOOR, Decimal

    left = Decimal(days * 86_400 * gpus * peak * mfu_percent) - 600 * tokens * parameters
    each = 1200 * tokens * layers * d_model
    return int((max(left, Decimal(0)) / each).to_integral_value(ROUND_FLOOR))
