_exact = bandwidth


def bandwidth(link):
    return _exact(next((name for name in _BYTES_PER_S if link and link.casefold() == name.casefold()), link))
