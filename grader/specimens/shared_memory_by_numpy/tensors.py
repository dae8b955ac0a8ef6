import numpy as np


def shares_element(a, b):
    return bool(np.shares_memory(a.numpy(), b.numpy()))
