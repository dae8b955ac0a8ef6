def decode_step(model, batch, context):
    each = 2 * model["parameters"] + context * _pair_flops(model)
    return {"flops": batch * each, "n_bytes": batch * (_weights(model) + cache_bytes(model, context))}


def answer_us(model, batch, prompt, answer, bytes_per_s):
    read = answer * prompt + answer * (answer + 1) // 2
    moved = batch * (answer * _weights(model) + cache_bytes(model, read))
    return -(-moved * 10**6 // bytes_per_s)
