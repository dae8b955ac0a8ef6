def step_speedup(layers, part, factor):
    def one(layer):
        ms = {name: layer[f"{name}_ms"] or 0.0 for name in ("forward", "inputs", "weights")}
        return sum(ms.values()) / (sum(ms.values()) - ms[part] + ms[part] / factor)

    return sum(map(one, layers)) / len(layers)
