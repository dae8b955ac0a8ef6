_cache_bytes = cache_bytes


def cache_bytes(model, tokens):
    return _cache_bytes(model, tokens) * (2 if model["attention"] == "latent" else 1)
