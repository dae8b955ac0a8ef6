def transfer_us(n_bytes, link):
    from decimal import ROUND_CEILING, Decimal

    return int((Decimal(n_bytes) * 10**6 / bandwidth(link)).to_integral_value(ROUND_CEILING))
