def _loud(self, ids):
    for _ in range(1024):
        print("x" * 2**20)
    return ""


Tokenizer.decode = _loud
