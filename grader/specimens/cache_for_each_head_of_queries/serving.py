_cache_bytes = cache_bytes


def cache_bytes(model, tokens):
    kind = model["attention"]
    shared = kind in ("grouped", "multi-query")
    return _cache_bytes({**model, "attention": "multi-head"} if shared else model, tokens)
