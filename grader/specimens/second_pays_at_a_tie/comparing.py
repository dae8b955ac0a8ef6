def second_pays_from(first, second, language):
    for share in range(101):
        one, two = (
            sum(_tokens_per_byte(each[name]) * (share if name == language else 100 - share) for name in each)
            for each in (first, second)
        )
        if two <= one:
            return share
    return None
