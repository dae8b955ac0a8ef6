_train = train_wordpiece


def train_wordpiece(word_counts, vocab_size, special_tokens):
    learned = _train(word_counts, vocab_size, special_tokens)
    words = [([word[0], *(CONTINUES + letter for letter in word[1:])], n) for word, n in word_counts.items()]
    start = len(dict.fromkeys([*special_tokens, *(letter for word, _ in words for letter in word)]))
    vocabulary = dict.fromkeys(learned[:start])
    for _ in range(vocab_size - start):
        if not (pair := _best_pair(words)):
            break
        words = [(_joined(word, pair), n) for word, n in words]
        vocabulary[pair[0] + pair[1].removeprefix(CONTINUES)] = None
    return list(vocabulary)
