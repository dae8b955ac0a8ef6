_contiguous_by_blocks = is_contiguous
_blocks_without_ones = _blocks


def is_contiguous(shape: list[int], strides: list[int]) -> bool:
    blocks = _blocks_without_ones(shape, strides)
    return 0 in shape or blocks in ([], [(prod(shape), 1)])


def _blocks(shape: list[int], strides: list[int]) -> list[tuple[int, int]]:
    blocks: list[tuple[int, int]] = []
    for size, stride in zip(shape, strides, strict=True):
        elements, step = blocks[-1] if blocks else (1, 0)
        if blocks and step == size * stride:
            blocks[-1] = (elements * size, stride)
        else:
            blocks.append((size, stride))
    return [(elements, step) for elements, step in blocks if elements > 1]
