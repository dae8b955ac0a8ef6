"""What the chapters print, typed off: the table of mixed precision."""


def kept_in(tensor, recipe):
    columns = ["parameters", "activations", "gradients", "accumulator", "master", "optimizer"]
    rows = {
        "fp32": ["float32", "float32", "float32", "float32", "none", "float32"],
        "bf16": ["bfloat16", "bfloat16", "bfloat16", "float32", "none", "bfloat16"],
        "mixed": ["bfloat16", "bfloat16", "bfloat16", "float32", "float32", "float32"],
        "mixed_no_master": ["bfloat16", "bfloat16", "bfloat16", "float32", "none", "float32"],
    }
    return dict(zip(columns, rows[recipe]))[tensor]
