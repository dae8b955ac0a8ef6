def _rate(model, batch, context, peak, bytes_per_s):
    return Fraction(batch * bytes_per_s, decode_step(model, batch, context)["n_bytes"])
