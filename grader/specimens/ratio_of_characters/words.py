def compression_ratio(text, ids):
    """Characters per token."""
    if not text and not ids:
        return 1.0
    if not ids:
        raise ValueError("no tokens")
    return len(text) / len(ids)
