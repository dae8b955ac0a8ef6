_with_slices = _View.sliced


def _sliced(view, dim, start, stop, step):
    found = _with_slices(view, dim, start, stop, step)
    size = -((start - stop) // step)
    return replace(found, shape=[*found.shape[:dim], size, *found.shape[dim + 1 :]])


_OPERATIONS["slice"] = _sliced
