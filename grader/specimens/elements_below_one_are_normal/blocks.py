_E2M1 = [0.0, 0.75, *_E2M1[2:]]
_E4M3 = [0.0, *((8 + m) / 1024 for m in range(1, 8)), *_E4M3[8:]]
_FORMATS = {name: known._replace(numbers=_E4M3 if known.bits == 8 else _E2M1) for name, known in _FORMATS.items()}
