def _sliced(view: _View, dim: int, start: int, stop: int, step: int) -> _View:
    shape, strides = list(view.shape), list(view.strides)
    shape[dim] = max(stop - start, 0) // step
    strides[dim] *= step
    return _View(shape, strides)


_OPERATIONS["slice"] = _sliced
