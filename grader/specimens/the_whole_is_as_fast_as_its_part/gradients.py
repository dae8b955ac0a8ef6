def step_speedup(layers, part, factor):
    return {"forward": factor, "inputs": factor, "weights": factor}[part]
