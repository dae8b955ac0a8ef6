def build_vocabulary(texts, max_size):
    """Ties in the order seen."""
    if max_size < 1:
        raise ValueError(f"max_size={max_size}")
    counts = Counter(word for text in texts for word in split_words(text))
    return {word: n for n, word in enumerate([UNKNOWN, *(w for w, _ in counts.most_common(max_size - 1))])}
