def compression_ratio(text: str, ids: list[int]) -> float:
    if not text.strip() and not ids:
        return 1.0
    if not ids:
        raise ValueError("a text that is not empty has at least one token")
    return len(text.encode()) / len(ids)
