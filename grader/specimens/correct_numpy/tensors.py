"""Tensors, by arrays of addresses."""

import numpy as np
import torch


def _parts(tensor):
    if tensor.layout == torch.sparse_coo:
        return [tensor._indices(), tensor._values()]
    if tensor.layout == torch.sparse_csr:
        return [tensor.crow_indices(), tensor.col_indices(), tensor.values()]
    return [tensor]


def element_bytes(tensor):
    return sum(int(np.prod(part.shape, dtype=np.int64)) * part.dtype.itemsize for part in _parts(tensor))


def held_bytes(tensors):
    storages = {}
    for tensor in tensors:
        for part in _parts(tensor):
            if part.device.type != "meta":
                storages[part.untyped_storage()._cdata] = part.untyped_storage().nbytes()
    return int(np.sum(list(storages.values()), dtype=np.int64))


def shares_storage(a, b):
    return a.untyped_storage()._cdata == b.untyped_storage()._cdata


def _bytes(tensor):
    places = np.array(tensor.storage_offset())
    for size, stride in zip(tensor.shape, tensor.stride()):
        places = np.add.outer(places, np.arange(size) * stride)
    return np.add.outer(places * tensor.itemsize, np.arange(tensor.itemsize)).ravel()


def shares_element(a, b):
    return shares_storage(a, b) and np.intersect1d(_bytes(a), _bytes(b)).size > 0
