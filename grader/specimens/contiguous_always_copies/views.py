_OPERATIONS["contiguous"] = _View.copy
