def element_bytes(tensor):
    return sum(part.numel() * torch.finfo(part.dtype).bits // 8 for part in _parts(tensor))
