from math import ceil


def transfer_us(n_bytes, link):
    return ceil(n_bytes * 1e6 / bandwidth(link))
