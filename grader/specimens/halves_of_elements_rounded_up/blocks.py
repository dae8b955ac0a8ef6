def _nearest(x, numbers):
    above = bisect_left(numbers, x)
    codes = range(max(above - 1, 0), min(above + 1, len(numbers)))
    return min(codes, key=lambda code: (abs(numbers[code] - x), -code))
