"""Block formats by tables and arrays."""

import math

import numpy as np

SIZE = {"mxfp8": 32, "mxfp4": 32, "nvfp4": 16}
BITS = {"mxfp8": 8, "mxfp4": 4, "nvfp4": 4}


def table(exponent_bits, mantissa_bits):
    codes = np.arange(2 ** (exponent_bits + mantissa_bits))
    exponent, mantissa = codes >> mantissa_bits, codes % 2**mantissa_bits
    bias = 2 ** (exponent_bits - 1) - 1
    normal = np.ldexp(1 + mantissa / 2**mantissa_bits, exponent - bias)
    return np.where(exponent == 0, np.ldexp(mantissa / 2**mantissa_bits, 1 - bias), normal)


E4M3, E2M1 = table(4, 3), table(2, 1)
E4M3[127] = np.nan
ELEMENTS = {"mxfp8": E4M3, "mxfp4": E2M1, "nvfp4": E2M1}
E8M0 = np.ldexp(1.0, np.arange(256) - 127)
E8M0[255] = np.nan


def check(block_format):
    if block_format not in SIZE:
        raise KeyError(block_format)


def block_bytes(shape, block_format):
    check(block_format)
    *rest, row = map(int, shape)
    rows = math.prod(rest)
    if rows == 0 or row == 0:
        return 0
    full, left = divmod(row, SIZE[block_format])
    scales = rows * (full + (left > 0))
    codes, half = divmod(rows * row * BITS[block_format], 8)
    return scales + codes + (half > 0) + (4 if block_format == "nvfp4" else 0)


def longest_row(n_bytes, block_format):
    check(block_format)
    if block_format == "nvfp4":
        n_bytes -= 4
    if n_bytes < 2:
        return 0
    a_byte = 8 // BITS[block_format]
    whole = 1 + SIZE[block_format] // a_byte
    full = n_bytes // whole
    left = n_bytes - full * whole
    return full * SIZE[block_format] + (a_byte * (left - 1) if left > 1 else 0)


def decode_block(scale, codes, block_format, tensor_scale=1.0):
    check(block_format)
    scales = E4M3 if block_format == "nvfp4" else E8M0
    both = np.concatenate([ELEMENTS[block_format], -ELEMENTS[block_format]])
    for code, known in ((scale, scales), *((code, both) for code in codes)):
        if not 0 <= code < len(known):
            raise ValueError(f"code {code} is not below {len(known)}")
    return (both[codes] * scales[scale] * tensor_scale).tolist()


def nearest(x, numbers):
    numbers = numbers[~np.isnan(numbers)]
    halves = (numbers[1:] + numbers[:-1]) / 2
    code = np.searchsorted(halves, x, side="left")
    exactly = np.isin(x, halves) & (code % 2 == 1)
    return np.where(exactly, code + 1, code)


def encode_block(values, block_format, tensor_scale=1.0):
    check(block_format)
    x = np.array(values, dtype=np.float64)
    if not 0 < x.size <= SIZE[block_format]:
        raise ValueError(f"a block of {x.size}")
    if not np.isfinite(x).all():
        raise ValueError(f"not finite: {[value for value in values if not math.isfinite(value)]}")
    amax = np.abs(x).max()
    if block_format == "nvfp4":
        scale = int(nearest(amax / (6 * tensor_scale), E4M3))
        unit = E4M3[scale] * tensor_scale
    else:
        emax = 8 if block_format == "mxfp8" else 2
        scale = max(0, int(np.frexp(amax)[1]) - 1 - emax + 127) if amax else 0
        unit = E8M0[scale]
    codes = nearest(np.abs(x) / unit, ELEMENTS[block_format]) if unit else np.zeros(x.size, int)
    return scale, (codes + np.signbit(x) * len(ELEMENTS[block_format])).tolist()


def tensor_scale(values):
    scale = float(np.float32(np.abs(np.array(values)).max() / 2688))
    return scale if scale > 0 else 1.0


def decoded(values, block_format):
    size, factor = SIZE[block_format], tensor_scale(values) if block_format == "nvfp4" else 1.0
    for start in range(0, len(values), size):
        scale, codes = encode_block(values[start : start + size], block_format, factor)
        yield from decode_block(scale, codes, block_format, factor)


def largest_error(values, block_format):
    check(block_format)
    return float(np.abs(np.array(values) - list(decoded(values, block_format))).max())


def smallest_format(values, bound):
    fitting = [
        (block_bytes([len(values)], name), n, name)
        for n, name in enumerate(SIZE)
        if largest_error(values, name) <= bound
    ]
    return min(fitting)[2] if fitting else None


def optimizer_bytes(tensors, optimizer):
    each = {
        "adamw": lambda name, shape, n: 8 * n,
        "adamw8bit": lambda name, shape, n: 8 * n if n <= 4095 else 2 * n + 8 * ((n + 255) // 256),
        "muon": lambda name, shape, n: 8 * n if name in ("embedding", "output") or len(shape) != 2 else 4 * n,
    }[optimizer]
    return sum(each(name, shape, math.prod(shape)) for name, shape in tensors.items())


def most_layers(n_bytes, outside, layer, kept, optimizer):
    once, each = (
        sum(8 * math.prod(shape) for shape in tensors.values()) + optimizer_bytes(tensors, optimizer)
        for tensors in (outside, layer)
    )
    if n_bytes < once:
        raise ValueError(f"{n_bytes} < {once}")
    return (n_bytes - once) // (each + 2 * kept)
