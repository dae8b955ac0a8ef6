_of_sums = step_speedup


def step_speedup(rows, gpu, precision):
    passes = ("forward", "grad_x", "grad_w")
    return sum(_of_sums([row for row in rows if row["pass"] == each], gpu, precision) for each in passes) / 3
