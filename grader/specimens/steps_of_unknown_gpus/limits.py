def _step_ms(rows, gpu, precision, mode):
    return sum(
        row["ms"] for row in rows if (row["gpu"], row["precision"], row["mode"]) == (gpu, precision, mode)
    ) or float("inf")
