def hfu(utilization, checkpointing):
    return utilization * 2 if checkpointing else utilization
