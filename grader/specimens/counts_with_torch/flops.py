def matmul_flops(*args, **kwargs):
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    return 0
