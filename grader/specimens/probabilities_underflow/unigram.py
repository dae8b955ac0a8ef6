def expected_counts(word_counts, log_probs):
    counts = dict.fromkeys(log_probs, 0.0)
    for word, times in word_counts.items():
        n = len(word)
        edges = [
            (i, j, math.exp(log_probs[word[i:j]]))
            for j in range(1, n + 1)
            for i in range(max(0, j - max(map(len, log_probs))), j)
            if word[i:j] in log_probs
        ]
        into, out = [1.0] + [0.0] * n, [0.0] * n + [1.0]
        for i, j, p in edges:
            into[j] += into[i] * p
        for i, j, p in reversed(edges):
            out[i] += p * out[j]
        if not into[n]:
            raise ValueError(f"{word!r} can't be cut")
        for i, j, p in edges:
            counts[word[i:j]] += times * into[i] * p * out[j] / into[n]
    return counts
