_FORMATS["nvfp4"] = _FORMATS["nvfp4"]._replace(size=32)
