def _element_bytes_at(tensor):
    step = tensor.stride(-1) if tensor.dim() else 0
    starts = {tensor.storage_offset() + n * step for n in range(tensor.numel())}
    each = tensor.element_size()
    return {start * each + n for start in starts for n in range(each)}
