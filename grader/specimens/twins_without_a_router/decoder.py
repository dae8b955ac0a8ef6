def dense_twins(config):
    d_ff = config["d_ff"]
    return {"flops": d_ff * (config["active_experts"] or 1), "parameters": d_ff * (config["experts"] or 1)}
