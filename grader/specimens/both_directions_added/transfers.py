_one_way = bandwidth


def bandwidth(link):
    return _one_way(link) * (1 if "memory" in link else 2)
