"""What the chapter prints, typed off: a week of GPUs."""


def week_flops(gpus, printed_peak):
    return gpus * 604_800 * printed_peak // 2
