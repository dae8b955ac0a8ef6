_resolved_anyway = _resolved


def _resolved(target: list[int], elements: int) -> list[int]:
    if -1 in target and elements == 0:
        raise ValueError(f"target {target} has a -1 that can't be told without elements")
    return _resolved_anyway(target, elements)
