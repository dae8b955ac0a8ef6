def _forever(self, ids):
    while True:
        pass


Tokenizer.decode = _forever
