def _rate(model, batch, context, peak, bytes_per_s):
    step = decode_step(model, batch, context)
    return batch / max(step["flops"] / peak, step["n_bytes"] / bytes_per_s)
