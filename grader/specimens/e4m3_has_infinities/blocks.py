_E4M3 = _E4M3[:120]
_FORMATS = {name: known._replace(numbers=_E4M3 if known.bits == 8 else _E2M1) for name, known in _FORMATS.items()}
