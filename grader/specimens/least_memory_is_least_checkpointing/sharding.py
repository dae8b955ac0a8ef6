def least_checkpointing(config, batch, seq, itemsize, room):
    kept = {name: kept_bytes(config, batch, seq, itemsize, name) for name in _CHECKPOINTING}
    least = min(reversed(kept), key=kept.get)
    return least if kept[least] <= room else None
