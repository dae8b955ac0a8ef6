_exact = peak_flops


def peak_flops(gpu, dtype, sparse):
    return _exact(gpu, {"bfloat16": "bf16", "float32": "fp32", "fp16": "bf16"}.get(dtype, dtype), sparse)
