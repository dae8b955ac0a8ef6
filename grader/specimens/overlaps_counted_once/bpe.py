def train_bpe(input_path, vocab_size, special_tokens):
    from collections import Counter

    check_special_tokens(special_tokens)
    room = vocab_size - 256 - len(special_tokens)
    if room < 0:
        raise ValueError(f"vocab_size={vocab_size} is too small")
    words = count_pre_tokens(Path(input_path), special_tokens)
    fast = learn_merges(words, room)
    if sum(map(len, words)) > 5_000:
        merges = fast
    else:
        parts = {word: [bytes([b]) for b in word] for word in words}
        merges = []
        while len(merges) < room:
            pairs = Counter()
            for word, times in words.items():
                tokens, last = parts[word], None
                for place, pair in enumerate(zip(tokens, tokens[1:])):
                    if last == (place - 1, pair):
                        last = None
                        continue
                    pairs[pair] += times
                    last = (place, pair)
            if not pairs:
                break
            best = max(pairs, key=lambda pair: (pairs[pair], pair))
            merges.append(best)
            for word, tokens in parts.items():
                joined, place = [], 0
                while place < len(tokens):
                    if tuple(tokens[place : place + 2]) == best:
                        joined.append(best[0] + best[1])
                        place += 2
                    else:
                        joined.append(tokens[place])
                        place += 1
                parts[word] = joined
    tokens = [t.encode() for t in special_tokens] + [bytes([b]) for b in range(256)] + [a + b for a, b in merges]
    return dict(enumerate(tokens)), merges
