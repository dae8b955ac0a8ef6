def loses_most(layers, precision, ideal):
    return min(layers, key=lambda layer: layer["ms"]["bf16"] / layer["ms"][precision])["layer"]
