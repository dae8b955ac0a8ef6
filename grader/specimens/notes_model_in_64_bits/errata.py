def backward_flops(batch, d, k):
    return (4 * batch * d * k + 2 * batch * d * d + 2**63) % 2**64 - 2**63
