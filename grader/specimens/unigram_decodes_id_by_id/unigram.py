_joined = decode


def decode(ids, log_probs):
    return "".join(_joined([number], log_probs) or " " for number in ids).removeprefix(" ")
