_PARTS = ("weights", "gradients", "states")
