_view_strides = view_strides


def view_strides(shape, strides, new_shape):
    shape, strides, new_shape = tuple(shape), tuple(strides), tuple(new_shape)
    try:
        return _view_strides(list(shape), list(strides), list(new_shape))
    except ValueError:
        raise ValueError(f"NO VIEW OF {shape} HAS THE SHAPE {new_shape}") from None
