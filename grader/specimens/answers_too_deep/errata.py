def size_bytes(size):
    answer = []
    for _ in range(100_000):
        answer = [answer]
    return answer
