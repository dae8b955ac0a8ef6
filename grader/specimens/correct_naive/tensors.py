"""Tensors, one element at a time."""

import itertools

import torch


def pieces(tensor):
    if tensor.is_sparse:
        return tensor._indices(), tensor._values()
    if tensor.layout is torch.sparse_csr:
        return tensor.crow_indices(), tensor.col_indices(), tensor.values()
    return (tensor,)


def element_bytes(tensor):
    count = 0
    for piece in pieces(tensor):
        elements = 1
        for size in piece.size():
            elements *= size
        count += elements * piece.element_size()
    return count


def held_bytes(tensors):
    storages = []
    for tensor in tensors:
        for piece in pieces(tensor):
            storage = piece.untyped_storage()
            if not piece.is_meta and not any(storage is other for other in storages):
                storages.append(storage)
    return sum(storage.nbytes() for storage in storages)


def shares_storage(a, b):
    one, other = a.untyped_storage(), b.untyped_storage()
    return one is other


def touched(tensor):
    found = set()
    for index in itertools.product(*(range(size) for size in tensor.size())):
        element = tensor.storage_offset() + sum(i * stride for i, stride in zip(index, tensor.stride()))
        for byte in range(tensor.element_size()):
            found.add(element * tensor.element_size() + byte)
    return found


def shares_element(a, b):
    return shares_storage(a, b) and not touched(a).isdisjoint(touched(b))
