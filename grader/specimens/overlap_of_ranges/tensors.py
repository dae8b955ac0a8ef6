def shares_element(a, b):
    if not shares_storage(a, b) or not a.numel() or not b.numel():
        return False
    first, second = _element_bytes_at(a), _element_bytes_at(b)
    return min(first) <= max(second) and min(second) <= max(first)
