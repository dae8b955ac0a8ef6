_right_se = shares_element


def _starts(t):
    at = torch.zeros((), dtype=torch.int64)
    for size, stride in zip(t.shape, t.stride()):
        at = (at.unsqueeze(-1) + torch.arange(size if stride else min(size, 1)) * stride).reshape(-1)
    return (at.reshape(-1) + t.storage_offset()) * t.element_size()


def shares_element(a, b):
    if a.element_size() == b.element_size() or not shares_storage(a, b) or not a.numel() or not b.numel():
        return _right_se(a, b)
    return bool(torch.isin(_starts(a), _starts(b)).any())
