_as_it_is = element_bytes


def element_bytes(tensor):
    return _as_it_is(tensor.coalesce() if tensor.layout == torch.sparse_coo else tensor)
