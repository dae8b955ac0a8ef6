class Tokenizer(Tokenizer):
    def _encode_word(self, word: str) -> list[int]:
        known = self._ids.get(word.encode())
        return [known] if known is not None else super()._encode_word(word)
