_right_eb = element_bytes


def element_bytes(tensor):
    if tensor.layout == torch.sparse_csr:
        v = tensor.values()
        return 8 * (tensor.crow_indices().numel() + tensor.col_indices().numel()) + v.numel() * v.element_size()
    return _right_eb(tensor)
