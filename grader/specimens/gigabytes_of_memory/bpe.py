def _greedy(self, ids):
    hoard = []
    while True:
        hoard.append(bytearray(2**26))


Tokenizer.decode = _greedy
