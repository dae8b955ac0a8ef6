def _greedy(self, ids):
    hoard = []
    while True:
        hoard.append(bytearray(2**36))


Tokenizer.decode = _greedy
