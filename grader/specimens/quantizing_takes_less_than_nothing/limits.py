def quantizing_share(rows, gpu, precision):
    both, products = (_step_ms(rows, gpu, precision, mode) for mode in ("autocast", "prequantized"))
    return 1 - products / both
