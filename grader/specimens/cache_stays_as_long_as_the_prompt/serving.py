def answer_us(model, batch, prompt, answer, bytes_per_s):
    moved = answer * (_weights(model) + batch * cache_bytes(model, prompt))
    return -(-moved * 10**6 // bytes_per_s)
