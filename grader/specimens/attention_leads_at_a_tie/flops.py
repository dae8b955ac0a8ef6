def length_where_attention_leads(parameters, layers, d_model):
    return max(1, parameters // (2 * layers * d_model))
