_KEPT_IN = _KEPT_IN | {"bf16": ("bfloat16", "bfloat16", "bfloat16", "bfloat16", "none", "bfloat16")}
