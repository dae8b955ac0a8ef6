def training_seconds(flops, gpus, peak, mfu_percent):
    from decimal import ROUND_CEILING, Decimal

    if not 1 <= mfu_percent <= 100:
        raise ValueError(f"mfu_percent={mfu_percent} is not in 1 to 100")
    seconds = Decimal(flops) * 100 / (Decimal(gpus) * Decimal(peak) * mfu_percent)
    return int(seconds.to_integral_value(ROUND_CEILING))
