def answer_us(model, batch, prompt, answer, bytes_per_s):
    read = answer * prompt + answer * (answer - 1) // 2
    moved = answer * _weights(model) + batch * cache_bytes(model, read)
    return -(-moved * 10**6 // bytes_per_s)
