_exact = transformer_flops


def transformer_flops(*args, **kwargs):
    import numpy as np

    with np.errstate(over="ignore"):
        exact = _exact(*args, **kwargs)
        return {name: (n + 2**63) % 2**64 - 2**63 for name, n in exact.items()}
