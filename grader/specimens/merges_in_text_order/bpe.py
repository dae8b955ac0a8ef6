def _left_to_right(self, word):
    ids = [self._byte_ids[byte] for byte in word.encode()]
    place = 0
    while place + 1 < len(ids):
        rule = self._rules.get((ids[place], ids[place + 1]))
        if rule is None:
            place += 1
        else:
            ids[place : place + 2] = [rule[1]]
            place = max(place - 1, 0)
    return ids


Tokenizer._encode_word = _left_to_right
