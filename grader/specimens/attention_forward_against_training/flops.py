def length_where_attention_leads(parameters, layers, d_model):
    return 6 * parameters // (4 * layers * d_model) + 1
