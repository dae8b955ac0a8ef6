_of_all = step_speedup


def step_speedup(rows, gpu, precision):
    return _of_all([row for row in rows if row["pass"] == "forward"], gpu, precision)
