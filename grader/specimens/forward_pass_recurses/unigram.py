from functools import cache


def expected_counts(word_counts, log_probs):
    counts = dict.fromkeys(log_probs, 0.0)
    longest = max(map(len, log_probs))
    for word, times in word_counts.items():
        n = len(word)

        @cache
        def into(j):
            total = 0.0 if j == 0 else -math.inf
            for i in range(max(0, j - longest), j):
                if word[i:j] in log_probs:
                    total = _log_add(total, into(i) + log_probs[word[i:j]])
            return total

        @cache
        def out(i):
            total = 0.0 if i == n else -math.inf
            for j in range(i + 1, min(n, i + longest) + 1):
                if word[i:j] in log_probs:
                    total = _log_add(total, log_probs[word[i:j]] + out(j))
            return total

        if into(n) == -math.inf:
            raise ValueError(f"{word!r} can't be cut")
        for i in range(n):
            for j in range(i + 1, min(n, i + longest) + 1):
                if word[i:j] in log_probs:
                    counts[word[i:j]] += times * math.exp(into(i) + log_probs[word[i:j]] + out(j) - into(n))
    return counts
