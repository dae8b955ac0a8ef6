"""Task 2.4: what training takes of memory."""

from __future__ import annotations


def training_bytes(parameters: int, recipe: str, optimizer: str) -> dict[str, int]:
    """Bytes of all that is kept for each parameter in training. (Task 2.4.)

    Args:
        parameters: how many there are.
        recipe: "fp32", "bf16", "mixed" or "mixed_no_master"; the handout's table says what each keeps in what.
        optimizer: "sgd" keeps no state, "adagrad" one number for each parameter, "adamw" two.

    Returns:
        bytes of "parameters", "gradients", "master" (the fp32 copy) and "optimizer". Activations are left out.

    Raises:
        ValueError: no such recipe or optimizer; the message names it.

    Source: Rajbhandari et al. 2020, section 3.1, for 16 bytes with mixed precision and Adam.

    >>> training_bytes(10, "mixed", "adamw")
    {'parameters': 20, 'gradients': 20, 'master': 40, 'optimizer': 80}
    """
    raise NotImplementedError("Task 2.4: training_bytes in assignment/memory.py")


def largest_model(gpus: int, gb_per_gpu: int, recipe: str, optimizer: str) -> int:
    """The most parameters whose training fits the GPUs' memory together. (Task 2.4.)

    1 GB is 10**9 bytes. Activations are left out, and everything is spread evenly over the GPUs.

    >>> largest_model(8, 80, "mixed", "adamw")
    40000000000
    """
    raise NotImplementedError("Task 2.4: largest_model in assignment/memory.py")
