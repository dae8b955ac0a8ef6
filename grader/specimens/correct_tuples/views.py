"""Views, answered with tuples; strides of sizes of 1 are 0."""

from math import prod


def contiguous_strides(shape):
    return tuple(prod(max(size, 1) for size in shape[dim + 1 :]) for dim in range(len(shape)))


def storage_position(index, shape, strides, offset):
    if len(index) != len(shape):
        raise IndexError(index)
    if bad := [i for i, n in zip(index, shape) if not -n <= i < n]:
        raise IndexError(bad)
    return offset + sum(i % n * s for i, n, s in zip(index, shape, strides))


def is_contiguous(shape, strides):
    return prod(shape) == 0 or all(n == 1 or s == c for n, s, c in zip(shape, strides, contiguous_strides(shape)))


def _sizes(n, target):
    rest = prod(size for size in target if size >= 0)
    if target.count(-1) > 1 or (-1 in target and rest == 0) or min(target, default=0) < -1:
        raise ValueError(target)
    sizes = tuple(n // rest if size == -1 else size for size in target)
    if prod(sizes) != n:
        raise ValueError(target)
    return sizes


def view_strides(shape, strides, target):
    """Walks both shapes from the right, filling whole dimensions of the view from runs of the old ones."""
    sizes = _sizes(prod(shape), target)
    if 0 in sizes:
        return (0,) * len(sizes)
    old = [(n, s) for n, s in zip(shape, strides) if n > 1]
    new, room, step = [], 1, 0
    for size in reversed(sizes):
        if size == 1:
            new.append(0)
            continue
        if room == 1:
            room, step = old.pop()
        while room % size and old and old[-1][1] == room * step:
            room *= old.pop()[0]
        while room < size and old and old[-1][1] == room * step:
            room *= old.pop()[0]
        if room % size:
            return None
        new.append(step)
        room, step = room // size, step * size
    return tuple(reversed(new))


reshape_copies = lambda shape, strides, target: view_strides(shape, strides, target) is None


def allocated_bytes(shape, itemsize, operations):
    n, s, out = tuple(shape), contiguous_strides(shape), ()
    for what, *a in operations:
        copy = False
        if what == "slice":
            n = n[: a[0]] + (len(range(a[1], a[2], a[3])),) + n[a[0] + 1 :]
            s = s[: a[0]] + (s[a[0]] * a[3],) + s[a[0] + 1 :]
        elif what == "select":
            n, s = n[: a[0]] + n[a[0] + 1 :], s[: a[0]] + s[a[0] + 1 :]
        elif what == "transpose":
            swap = {a[0]: a[1], a[1]: a[0]}
            n, s = (tuple(t[swap.get(d, d)] for d in range(len(t))) for t in (n, s))
        elif what == "expand":
            old = len(a[0]) - len(n)
            s = (0,) * old + tuple(0 if m == 1 else t for m, t in zip(n, s))
            n = tuple(a[0])
        elif what == "reshape":
            found, copy = view_strides(n, s, a[0]), reshape_copies(n, s, a[0])
            n = _sizes(prod(n), a[0])
            s = contiguous_strides(n) if copy else found
        elif what == "contiguous":
            copy = not is_contiguous(n, s)
            s = contiguous_strides(n) if copy else s
        elif what == "clone":
            copy, order = True, sorted(range(len(n)), key=lambda d: -s[d])
            s = tuple(prod(n[e] for e in order[order.index(d) + 1 :]) for d in range(len(n)))
        else:
            raise ValueError(what)
        out += (itemsize * prod(n) * copy,)
    return out
