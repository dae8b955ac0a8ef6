"""Tasks 2.1 and 2.4: the bytes of numbers, and what training takes of memory."""

from __future__ import annotations


def dtype_bits(dtype: str) -> int:
    """Bits of one number of a dtype, by the name that torch gives it: "float16", "int4", "bool". (Task 2.1.)

    Where a name says how many numbers share a byte, as "quint4x2" and "float4_e2m1fn_x2" do, one of them counts. A
    bool takes a whole byte, and a complex number's bits are those of both its parts.

    Raises:
        ValueError: there is no such dtype; the message names it.

    >>> [dtype_bits(name) for name in ("float32", "bfloat16", "float8_e4m3fn", "int4", "bool", "complex64")]
    [32, 16, 8, 4, 8, 64]
    """
    raise NotImplementedError("Task 2.1: dtype_bits in assignment/memory.py")


def tensor_bytes(shape: list[int], dtype: str) -> int:
    """Bytes of the numbers of a tensor, packed without gaps; the last byte may be filled in part. (Task 2.1.)

    A shape without sizes, [], is that of one number.

    >>> tensor_bytes([4, 3], "float32"), tensor_bytes([5], "int4"), tensor_bytes([], "bool")
    (48, 3, 1)
    """
    raise NotImplementedError("Task 2.1: tensor_bytes in assignment/memory.py")


def training_bytes(parameters: int, recipe: str, optimizer: str) -> dict[str, int]:
    """Bytes of all that is kept for each parameter in training. (Task 2.4.)

    Args:
        parameters: how many there are.
        recipe: "fp32", "bf16", "mixed" or "mixed_no_master"; the handout's table says what each keeps in what.
        optimizer: "sgd" keeps no state, "adagrad" one number for each parameter, "adamw" two.

    Returns:
        bytes of "parameters", "gradients", "master" (the fp32 copy) and "optimizer". Activations depend on the
        batch, not on the parameters alone: see `activation_bytes`.

    Raises:
        ValueError: no such recipe or optimizer; the message names it.

    Source: Rajbhandari et al. 2020, section 3.1, for 16 bytes with mixed precision and Adam.

    >>> training_bytes(10, "mixed", "adamw")
    {'parameters': 20, 'gradients': 20, 'master': 40, 'optimizer': 80}
    """
    raise NotImplementedError("Task 2.4: training_bytes in assignment/memory.py")


def activation_bytes(batch: int, widths: list[int], recipe: str) -> int:
    """Bytes that a chain of linear layers without biases keeps for its backward pass. (Task 2.4.)

    Layer i is a product with a weight of widths[i] by widths[i + 1]. Its weight's gradient needs the layer's
    input, so each layer's input is kept, batch by widths[i]; the last layer's output is not. Activations are in
    fp32 in the recipe "fp32", in bf16 in the others.

    Raises:
        ValueError: no such recipe, or fewer than two widths; the message names it or them.

    >>> activation_bytes(batch=2, widths=[3, 4, 5], recipe="fp32")
    56
    """
    raise NotImplementedError("Task 2.4: activation_bytes in assignment/memory.py")


def largest_model(gpus: int, gb_per_gpu: int, recipe: str, optimizer: str) -> int:
    """The most parameters whose training fits the GPUs' memory together. (Task 2.4.)

    1 GB is 10**9 bytes. Activations are left out, and everything is spread evenly over the GPUs.

    Raises:
        ValueError: no such recipe or optimizer; the message names it.

    >>> largest_model(8, 80, "mixed", "adamw")
    40000000000
    """
    raise NotImplementedError("Task 2.4: largest_model in assignment/memory.py")


def largest_batch(gb: int, widths: list[int], recipe: str, optimizer: str) -> int:
    """The largest batch with which a chain of linear layers can be trained in a memory. (Task 2.4.)

    The memory of gb * 10**9 bytes holds all that is kept for the chain's weights, and the batch's activations.

    Returns:
        the number of rows, 0 where not a single one fits.

    Raises:
        ValueError: no such recipe or optimizer, or fewer than two widths; the message names it or them.

    >>> largest_batch(1, [10_000, 10_000, 10], "mixed_no_master", "sgd")
    14990
    """
    raise NotImplementedError("Task 2.4: largest_batch in assignment/memory.py")
