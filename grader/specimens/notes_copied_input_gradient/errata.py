def backward_flops(batch, d, k):
    return 4 * batch * d * k + 4 * batch * d * d
