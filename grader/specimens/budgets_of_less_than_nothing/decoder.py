def most_layers(config, budget):
    bare, one = (parameters(config | {"layers": layers})["total"] for layers in (0, 1))
    return max(budget - bare, 0) // (one - bare)
