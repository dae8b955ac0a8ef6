def _element_bytes_at(tensor):
    starts = {tensor.storage_offset()}
    for size, stride in zip(tensor.shape, tensor.stride()):
        starts = {start + n * stride for start in starts for n in range(size)}
    return starts
