"""Task 4.9: what a training on many GPUs takes of memory and of links, and what it keeps for the backward pass.

A recipe is a dict with the bytes of each parameter in "weights", "gradients" and "states". A configuration is a
dict of "layers", "d_model", "heads", "head_dim" and "d_ff", of a transformer like that of Task 4.4.
"""

from __future__ import annotations


def gpu_bytes(parameters: int, recipe: dict[str, int], stage: int, gpus: int) -> int:
    """Bytes that each GPU stores, without activations; the largest share, where they differ. (Task 4.9.)

    Raises:
        ValueError: the stage is not 0, 1, 2 or 3; the message names it.

    >>> mixed = {"weights": 2, "gradients": 2, "states": 12}
    >>> [gpu_bytes(7_500_000_000, mixed, stage, gpus=64) for stage in range(4)]
    [120000000000, 31406250000, 16640625000, 1875000000]
    """
    raise NotImplementedError("Task 4.9: gpu_bytes in assignment/sharding.py")


def sent_bytes(parameters: int, recipe: dict[str, int], stage: int, gpus: int) -> int:
    """Bytes that each GPU sends in a step, over a ring. (Task 4.9.)

    Raises:
        ValueError: the stage is not 0, 1, 2 or 3; the message names it.

    >>> mixed = {"weights": 2, "gradients": 2, "states": 12}
    >>> [sent_bytes(8, mixed, stage, gpus=4) for stage in range(4)]
    [24, 24, 24, 36]
    """
    raise NotImplementedError("Task 4.9: sent_bytes in assignment/sharding.py")


def tokens_to_hide(
    parameters: int, recipe: dict[str, int], stage: int, gpus: int, flops_per_s: int, bytes_per_s: int
) -> int:
    """The fewest tokens for each GPU with which computing takes at least as long as sending. (Task 4.9.)

    A step takes 6 FLOPs for each parameter and token. Where nothing is sent, 0.

    >>> mixed = {"weights": 2, "gradients": 2, "states": 12}
    >>> tokens_to_hide(7_500_000_000, mixed, 3, gpus=64, flops_per_s=4 * 10**14, bytes_per_s=5 * 10**10)
    7875
    """
    raise NotImplementedError("Task 4.9: tokens_to_hide in assignment/sharding.py")


def least_gpus(parameters: int, recipe: dict[str, int], stage: int, gb: int, activations: int) -> int | None:
    """The fewest GPUs on which a training fits. (Task 4.9.)

    Each has a memory of so many GB, and needs so many bytes for its activations.

    Returns:
        None where no number of GPUs is enough.

    Raises:
        ValueError: the stage is not 0, 1, 2 or 3; the message names it.

    >>> mixed = {"weights": 2, "gradients": 2, "states": 12}
    >>> [least_gpus(7_500_000_000, mixed, stage, gb=40, activations=10**10) for stage in range(4)]
    [None, None, 8, 4]
    """
    raise NotImplementedError("Task 4.9: least_gpus in assignment/sharding.py")


def kept_bytes(config: dict[str, int], batch: int, seq: int, itemsize: int, checkpointing: str) -> int:
    """The most bytes of activations that all layers keep at one time. (Task 4.9.)

    Args:
        config: as above.
        batch: sequences.
        seq: tokens of each.
        itemsize: bytes of a number.
        checkpointing: "none", "attention" or "layer"; what is made anew is there for one layer at a time.

    Raises:
        ValueError: there is no such checkpointing; the message names it.

    >>> tiny = {"layers": 3, "d_model": 4, "heads": 2, "head_dim": 2, "d_ff": 8}
    >>> [kept_bytes(tiny, batch=1, seq=5, itemsize=2, checkpointing=c) for c in ("none", "attention", "layer")]
    [1740, 1540, 660]
    """
    raise NotImplementedError("Task 4.9: kept_bytes in assignment/sharding.py")


def recomputed_flops(config: dict[str, int], batch: int, seq: int, checkpointing: str) -> int:
    """FLOPs of the matrix products that all layers do once more. (Task 4.9.)

    Raises:
        ValueError: there is no such checkpointing; the message names it.

    >>> tiny = {"layers": 3, "d_model": 4, "heads": 2, "head_dim": 2, "d_ff": 8}
    >>> [recomputed_flops(tiny, batch=1, seq=5, checkpointing=c) for c in ("none", "attention", "layer")]
    [0, 1200, 5040]
    """
    raise NotImplementedError("Task 4.9: recomputed_flops in assignment/sharding.py")


def least_checkpointing(config: dict[str, int], batch: int, seq: int, itemsize: int, room: int) -> str | None:
    """The checkpointing that recomputes least, of those whose activations fit into so many bytes. (Task 4.9.)

    Returns:
        None where none of them fits.

    >>> tiny = {"layers": 3, "d_model": 4, "heads": 2, "head_dim": 2, "d_ff": 8}
    >>> [least_checkpointing(tiny, 1, 5, 2, room) for room in (1740, 1739, 1000, 659)]
    ['none', 'attention', 'layer', None]
    """
    raise NotImplementedError("Task 4.9: least_checkpointing in assignment/sharding.py")


def weights_take_over(config: dict[str, int]) -> int:
    """The least length at which attention's weights are more than half of what a layer keeps. (Task 4.9.)

    >>> weights_take_over({"layers": 3, "d_model": 4, "heads": 2, "head_dim": 2, "d_ff": 8})
    25
    """
    raise NotImplementedError("Task 4.9: weights_take_over in assignment/sharding.py")
