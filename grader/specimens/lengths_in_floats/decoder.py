def attention_takes_over(config):
    others, square = _costs(config)
    return int(others / square) + 1


def cheaper_from(config, other):
    (others, square), (others_too, square_too) = _costs(config), _costs(other)
    if others_too + square_too < others + square:
        return 1
    return None if square_too >= square else int((others_too - others) / (square - square_too)) + 1
