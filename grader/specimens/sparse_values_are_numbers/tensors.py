_by_parts = element_bytes


def element_bytes(tensor):
    if tensor.layout != torch.sparse_coo:
        return _by_parts(tensor)
    return tensor._nnz() * (tensor._values().element_size() + 8 * tensor.sparse_dim())
