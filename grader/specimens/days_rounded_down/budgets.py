_rounded_up = training_seconds


def training_seconds(flops, gpus, peak, mfu_percent):
    _rounded_up(flops, gpus, peak, mfu_percent)
    return flops * 100 // (gpus * peak * mfu_percent)
