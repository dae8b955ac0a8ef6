_decode = decode


def decode(ids, log_probs):
    return _decode(ids, log_probs).lstrip(" ")
