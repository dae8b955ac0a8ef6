def step_speedup(rows, gpu, precision):
    return _step_ms(rows, gpu, "bf16", "autocast") / _step_ms(rows, gpu, precision, "prequantized")
