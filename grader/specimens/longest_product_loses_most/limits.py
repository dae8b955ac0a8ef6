def loses_most(layers, precision, ideal):
    return max(layers, key=lambda layer: layer["ms"][precision])["layer"]
