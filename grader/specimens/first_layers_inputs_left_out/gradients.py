def step_speedup(layers, part, factor):
    ms = {name: sum(layer[f"{name}_ms"] or 0.0 for layer in layers) for name in ("forward", "inputs", "weights")}
    ms["inputs"] -= layers[0]["inputs_ms"] or 0.0
    if part not in ms:
        raise ValueError(part)
    return sum(ms.values()) / (sum(ms.values()) - ms[part] + ms[part] / factor)
