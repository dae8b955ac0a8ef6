_exact = transformer_parameters


def transformer_parameters(*args, **kwargs):
    parts = {name: float(n) for name, n in _exact(*args, **kwargs).items() if name != "total"}
    return {name: int(n) for name, n in (parts | {"total": sum(parts.values())}).items()}
