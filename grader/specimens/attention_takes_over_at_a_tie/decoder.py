def attention_takes_over(config):
    others, square = _costs(config)
    return max(1, -(-others // square))
