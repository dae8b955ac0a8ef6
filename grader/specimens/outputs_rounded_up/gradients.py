def conv_flops(layer):
    across, down = (
        -(-(layer[size] + 2 * layer[f"pad_{size}"] - layer[f"filter_{size}"]) // layer[f"stride_{size}"]) + 1
        for size in ("width", "height")
    )
    products = layer["channels"] * layer["filter_width"] * layer["filter_height"]
    return 2 * layer["batch"] * layer["filters"] * across * down * products
