def most_layers(config, budget):
    if budget < parameters(config | {"layers": 0})["total"]:
        raise ValueError(f"budget {budget}")
    return budget // parameters(config | {"layers": 1})["total"]
