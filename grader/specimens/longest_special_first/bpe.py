class Tokenizer(Tokenizer):
    def _pieces(self, text):
        pieces = [(False, text)]
        for token in sorted(self._specials, key=len, reverse=True):
            cut = []
            for special, piece in pieces:
                if special:
                    cut.append((True, piece))
                    continue
                for number, part in enumerate(piece.split(token)):
                    cut += [(True, token)] * (number > 0) + [(False, part)]
            pieces = cut
        return iter(pieces)
