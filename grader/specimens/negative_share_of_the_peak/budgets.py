def training_seconds(flops, gpus, peak, mfu_percent):
    if mfu_percent == 0 or mfu_percent > 100:
        raise ValueError(f"mfu_percent={mfu_percent}")
    return -(-flops * 100 // (gpus * peak * mfu_percent))
