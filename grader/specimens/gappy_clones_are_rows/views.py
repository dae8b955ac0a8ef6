_OPERATIONS["clone"] = lambda view: (
    view.clone()
    if sorted(view.strides, reverse=True) == sorted(view.clone().strides, reverse=True)
    else view.copy()
)
