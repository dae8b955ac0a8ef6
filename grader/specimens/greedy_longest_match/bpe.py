def _greedy(self, word):
    rest, ids = word.encode(), []
    longest = max(map(len, self._ids))
    while rest:
        for size in range(min(longest, len(rest)), 0, -1):
            if rest[:size] in self._ids:
                ids.append(self._ids[rest[:size]])
                rest = rest[size:]
                break
    return ids


Tokenizer._encode_word = _greedy
