def is_contiguous(shape, strides):
    if 0 in shape:
        return True
    kept = [n for n, size in enumerate(shape) if size != 1]
    inner = slice(kept[0], kept[-1] + 1) if kept else slice(0)
    return strides[inner] == contiguous_strides(shape[inner])
