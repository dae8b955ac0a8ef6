def Fraction(numerator, denominator):
    return numerator / denominator
