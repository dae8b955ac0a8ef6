_cheaper_from = cheaper_from


def cheaper_from(config, other):
    (_, square), (_, square_too) = _costs(config), _costs(other)
    return _cheaper_from(config, other) if square_too < square else None
