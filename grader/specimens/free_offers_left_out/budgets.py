def cheapest_offer(flops, days, offers):
    costs = {}
    for index, offer in enumerate(offers):
        peak = peak_flops(offer["gpu"], "bf16", False)
        seconds = training_seconds(flops, offer["gpus"], peak, offer["mfu_percent"])
        if seconds <= days * 86400:
            costs[index] = -(-seconds // 3600) * offer["gpus"] * offer["cents_per_hour"]
    return min(filter(costs.get, costs), key=costs.get, default=None)
