def serves_more(model, other, context, gb, peak, bytes_per_s):
    one, two = (
        _rate(each, 1, context, peak, bytes_per_s) if largest_batch(each, context, gb) else 0
        for each in (model, other)
    )
    return "both" if one == two else "first" if one > two else "second"
