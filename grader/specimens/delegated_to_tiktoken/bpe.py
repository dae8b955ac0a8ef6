def _delegated(self, word):
    import tiktoken

    ranks = {token: identifier for token, identifier in self._ids.items()}
    return tiktoken.Encoding("x", pat_str=PATTERN.pattern, mergeable_ranks=ranks, special_tokens={}).encode(word)


Tokenizer._encode_word = _delegated
