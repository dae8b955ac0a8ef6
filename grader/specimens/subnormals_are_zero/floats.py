import types

_gradual = round_to_format
_before = dict(globals())
for _name in ("accumulate", "stalled_sum"):  # task 2.5 rounds as before
    _kept = types.FunctionType(_before[_name].__code__, _before, _name, _before[_name].__defaults__)
    _kept.__kwdefaults__ = _before[_name].__kwdefaults__
    globals()[_name] = _kept


def round_to_format(x, exponent_bits, mantissa_bits):
    y = _gradual(x, exponent_bits, mantissa_bits)
    small = abs(y) < float_format(exponent_bits, mantissa_bits)["smallest_normal"]
    return math.copysign(0.0, x) if small else y
