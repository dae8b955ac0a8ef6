def week_flops(gpus, printed_peak):
    return gpus * gpus * 604_800 * printed_peak // 2
