def spread(ratios):
    if not ratios:
        raise ValueError("no ratios")
    ranked = sorted(ratios)
    n = len(ranked)
    return {"p10": ranked[n * 10 // 100], "median": median(ranked), "p90": ranked[n * 90 // 100]}
