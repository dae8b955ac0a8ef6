"""Views, from the outermost dimension inwards."""

import math


def contiguous_strides(shape):
    if not shape:
        return []
    inner = contiguous_strides(shape[1:])
    return [inner[0] * max(shape[1], 1) if inner else 1] + inner


def storage_position(index, shape, strides, offset):
    if not index and not shape:
        return offset
    if not index or not shape:
        raise IndexError(f"{len(index)} indices and {len(shape)} sizes are left of {index} and {shape}")
    (i, *rest), (size, *sizes), (stride, *others) = index, shape, strides
    if i < -size or i >= size:
        raise IndexError(f"index {i} is out of range for size {size}")
    return storage_position(rest, sizes, others, offset + (i + size if i < 0 else i) * stride)


def is_contiguous(shape, strides):
    if 0 in shape or not shape:
        return True
    here = shape[0] == 1 or strides[0] == math.prod(shape[1:])
    return here and is_contiguous(shape[1:], strides[1:])


def resolved(elements, target):
    known = math.prod(size for size in target if size != -1)
    if (
        target.count(-1) > 1
        or min(target, default=0) < -1
        or (-1 in target and (known == 0 or elements % known != 0))
    ):
        raise ValueError(f"target {target} does not fit {elements} elements")
    sizes = [elements // known if size == -1 else size for size in target]
    if math.prod(sizes) != elements:
        raise ValueError(f"target {target} does not fit {elements} elements")
    return sizes


def joined(dims):
    """Neighbours that are evenly spaced together as one (size, stride)."""
    if len(dims) < 2:
        return dims
    (size, stride), (inner, step), *rest = dims
    if stride == inner * step:
        return joined([(size * inner, step)] + rest)
    return dims[:1] + joined(dims[1:])


def carve(dims, sizes):
    """Strides for the sizes, innermost first, out of (size, stride), innermost first; None where they don't go in."""
    if not sizes:
        return []
    if sizes[0] == 1:
        rest = carve(dims, sizes[1:])
        return None if rest is None else [1] + rest
    (size, stride), *others = dims
    if size % sizes[0] != 0:
        return None
    left = [(size // sizes[0], stride * sizes[0])] if size > sizes[0] else []
    rest = carve(left + others, sizes[1:])
    return None if rest is None else [stride] + rest


def view_strides(shape, strides, target):
    sizes = resolved(math.prod(shape), target)
    if 0 in shape:
        return contiguous_strides(sizes)
    dims = joined([(size, stride) for size, stride in zip(shape, strides) if size != 1])
    found = carve(dims[::-1], sizes[::-1])
    return None if found is None else found[::-1]


def reshape_copies(shape, strides, target):
    return view_strides(shape, strides, target) is None


def dense(shape, strides):
    """Strides of a clone: the same order of dimensions, no gaps."""
    order = sorted(range(len(shape)), key=lambda dim: (-strides[dim], dim))
    packed = contiguous_strides([shape[dim] for dim in order])
    return [packed[order.index(dim)] for dim in range(len(shape))]


def allocated_bytes(shape, itemsize, operations):
    return follow(shape, contiguous_strides(shape), itemsize, operations)


def follow(shape, strides, itemsize, operations):
    if not operations:
        return []
    (name, *args), *rest = operations
    shape, strides, copied = OPERATIONS.get(name, unknown(name))(list(shape), list(strides), *args)
    return [itemsize * math.prod(shape) if copied else 0] + follow(shape, strides, itemsize, rest)


def unknown(name):
    def fail(*_):
        raise ValueError(f"there is no operation {name!r}")

    return fail


def slice_(shape, strides, dim, start, stop, step):
    shape[dim], strides[dim] = max(0, -(-(stop - start) // step)), strides[dim] * step
    return shape, strides, False


def select(shape, strides, dim, _):
    return shape[:dim] + shape[dim + 1 :], strides[:dim] + strides[dim + 1 :], False


def transpose(shape, strides, a, b):
    shape[a], shape[b], strides[a], strides[b] = shape[b], shape[a], strides[b], strides[a]
    return shape, strides, False


def expand(shape, strides, sizes):
    new = len(sizes) - len(shape)
    kept = [stride if size == wanted else 0 for size, stride, wanted in zip(shape, strides, sizes[new:])]
    return list(sizes), [0] * new + kept, False


def reshape(shape, strides, target):
    sizes = resolved(math.prod(shape), target)
    found = view_strides(shape, strides, sizes)
    return sizes, contiguous_strides(sizes) if found is None else found, found is None


def contiguous(shape, strides):
    fine = is_contiguous(shape, strides)
    return shape, strides if fine else contiguous_strides(shape), not fine


def clone(shape, strides):
    return shape, dense(shape, strides), True


OPERATIONS = {
    "slice": slice_,
    "select": select,
    "transpose": transpose,
    "expand": expand,
    "reshape": reshape,
    "contiguous": contiguous,
    "clone": clone,
}
