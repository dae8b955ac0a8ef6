_whole = quantizing_share


def quantizing_share(rows, gpu, precision):
    _whole(rows, gpu, precision)
    saved = 0.0
    for each in ("forward", "grad_x", "grad_w"):
        mine = [row for row in rows if row["pass"] == each]
        both, products = (_step_ms(mine, gpu, precision, mode) for mode in ("autocast", "prequantized"))
        saved += max(both - products, 0.0)
    return saved / _step_ms(rows, gpu, precision, "autocast")
