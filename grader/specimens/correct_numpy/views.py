"""Views by what they are: the positions of all elements, in an array."""

import numpy as np


def contiguous_strides(shape):
    sizes = np.maximum(np.array(shape, dtype=np.int64), 1)
    return np.append(np.cumprod(sizes[::-1])[::-1][1:], 1).tolist()[: len(shape)]


def storage_position(index, shape, strides, offset):
    if len(index) != len(shape):
        raise IndexError(f"{index} for {len(shape)} dimensions")
    for i, size in zip(index, shape):
        if i not in range(-size, size):
            raise IndexError(f"{i} of {size}")
    at = np.where(np.array(index, dtype=int) < 0, np.add(index, shape), index)
    return int(offset + np.dot(at, np.array(strides, dtype=int)))


def positions(shape, strides):
    """Where each element is, as an array of that shape."""
    axes = np.ogrid[tuple(slice(size) for size in shape)]
    return sum((axis * stride for axis, stride in zip(axes, strides)), np.zeros(shape, dtype=np.int64))


def is_contiguous(shape, strides):
    flat = positions(shape, strides).ravel()
    return bool(np.array_equal(flat, np.arange(flat.size)))


def view_strides(shape, strides, target):
    where = positions(shape, strides)
    sizes = list(target)
    if sizes.count(-1) == 1:
        others = int(np.prod([size for size in sizes if size != -1], dtype=np.int64))
        if others == 0 or where.size % others:
            raise ValueError(f"no size for the -1 of {target}")
        sizes[sizes.index(-1)] = where.size // others
    if any(size < 0 for size in sizes) or int(np.prod(sizes, dtype=np.int64)) != where.size:
        raise ValueError(f"{where.size} elements can't have the shape {target}")
    if where.size == 0:
        return [0] * len(sizes)
    wanted = where.reshape(sizes)
    first = wanted[(0,) * len(sizes)]
    steps = []
    for dim, size in enumerate(sizes):
        one = tuple(int(d == dim and size > 1) for d in range(len(sizes)))
        steps.append(int(wanted[one] - first))
    return steps if np.array_equal(positions(sizes, steps), wanted) else None


def reshape_copies(shape, strides, target):
    return view_strides(shape, strides, target) is None


def allocated_bytes(shape, itemsize, operations):
    x = np.zeros(shape, dtype=f"V{itemsize}")
    allocated = []
    for name, *rest in operations:
        if name == "slice":
            dim, start, stop, step = rest
            new = x[(slice(None),) * dim + (slice(start, stop, step),)]
        elif name == "select":
            new = x[(slice(None),) * rest[0] + (rest[1], ...)]
        elif name == "transpose":
            new = np.swapaxes(x, *rest)
        elif name == "expand":
            new = np.broadcast_to(x, rest[0])
        elif name == "reshape":
            new = x.reshape(rest[0])
        elif name == "contiguous":
            new = x if x.flags.c_contiguous else np.ascontiguousarray(x).reshape(x.shape)
        elif name == "clone":
            new = x.copy(order="K")
        else:
            raise ValueError(f"unknown operation {name!r}")
        allocated.append(0 if np.may_share_memory(x, new) else int(new.size) * itemsize)
        x = new
    return allocated
