"""Serving, where searches call themselves, and a model is unpacked by what it matches."""


def _per_token(model):
    """What a token keeps, and what it multiplies for each token that it meets, in all layers."""
    layers, itemsize = model["layers"], model["cache_itemsize"]
    match model:
        case {"attention": "latent", "latent_dim": latent, "rotary_dim": rotary}:
            kept, met = latent + rotary, 2 * latent + rotary
        case {"attention": "multi-head", "heads": heads, "head_dim": width}:
            kept, met = 2 * heads * width, 2 * width
        case {"attention": "grouped", "kv_heads": heads, "head_dim": width}:
            kept, met = 2 * heads * width, 2 * width
        case {"attention": "multi-query", "head_dim": width}:
            kept, met = 2 * width, 2 * width
        case _:
            raise ValueError("what is " + model["attention"] + "?")
    return layers * itemsize * kept, 2 * layers * model.get("heads", 0) * met


def _weights(model):
    return model["parameters"] * model["weight_itemsize"]


def cache_bytes(model, tokens):
    kept, _ = _per_token(model)
    return tokens * kept


def decode_step(model, batch, context):
    kept, met = _per_token(model)
    tokens = batch * context
    return {"n_bytes": _weights(model) + tokens * kept, "flops": 2 * batch * model["parameters"] + tokens * met}


def tokens_per_s(model, batch, context, peak, bytes_per_s):
    step = decode_step(model, batch, context)
    return min(batch * peak // step["flops"], batch * bytes_per_s // step["n_bytes"])


def answer_us(model, batch, prompt, answer, bytes_per_s):
    kept, _ = _per_token(model)
    last = prompt + answer
    tokens = last * (last + 1) // 2 - prompt * (prompt + 1) // 2
    moved = answer * _weights(model) + batch * tokens * kept
    return (moved * 10**6 + bytes_per_s - 1) // bytes_per_s


def _least(holds, low=0, high=1):
    """The least number above `low` for which this holds, as it does for all greater ones."""
    if not holds(high):
        return _least(holds, high, 2 * high)
    middle = (low + high) // 2
    if middle == low:
        return high
    return _least(holds, low, middle) if holds(middle) else _least(holds, middle, high)


def batch_for_compute(model, context, peak, bytes_per_s):
    def holds(batch):
        step = decode_step(model, batch, context)
        return step["flops"] * bytes_per_s >= step["n_bytes"] * peak

    one, two = (decode_step(model, batch, context) for batch in (1, 2))
    gains = (two["flops"] - one["flops"]) * bytes_per_s > (two["n_bytes"] - one["n_bytes"]) * peak
    return _least(holds) if gains else None


def prompt_for_compute(model, peak, bytes_per_s):
    def holds(tokens):
        step = decode_step(model, 1, tokens)
        return tokens * step["flops"] * bytes_per_s >= step["n_bytes"] * peak

    return _least(holds)


def largest_batch(model, context, gb):
    kept, _ = _per_token(model)
    free = gb * 10**9 - _weights(model)
    return free // (kept * context) if free > 0 else 0


def longest_context(model, batch, gb):
    return largest_batch(model, batch, gb)


def serves_more(model, other, context, gb, peak, bytes_per_s):
    def slowness(each):
        """Seconds for each token, as a quotient of whole numbers; the reciprocal of a rate."""
        batch = largest_batch(each, context, gb)
        step = decode_step(each, max(batch, 1), context)
        return max(step["flops"] * bytes_per_s, step["n_bytes"] * peak), batch

    (one, first), (two, second) = slowness(model), slowness(other)
    if first * two == second * one:
        return "both"
    return "first" if first * two > second * one else "second"
