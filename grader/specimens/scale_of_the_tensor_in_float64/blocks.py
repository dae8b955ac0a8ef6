def tensor_scale(values):
    return max(map(abs, values)) / 2688 or 1.0
