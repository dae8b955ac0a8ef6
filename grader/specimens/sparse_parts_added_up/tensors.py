def held_bytes(tensors):
    seen, total = {}, 0
    for t in tensors:
        if t.layout == torch.sparse_coo:
            parts = [t._indices(), t._values()]
        elif t.layout == torch.sparse_csr:
            parts = [t.crow_indices(), t.col_indices(), t.values()]
        else:
            parts = None
        if parts is not None:
            total += sum(q.untyped_storage().nbytes() for q in parts if q.device.type != "meta")
        elif t.device.type != "meta":
            s = t.untyped_storage()
            seen[s._cdata] = s.nbytes()
    return total + sum(seen.values())
