_encode_iterable = Tokenizer.encode_iterable


def _in_blocks(self, strings):
    def blocks():
        block = ""
        for string in strings:
            block += string
            if len(block) >= 256:
                yield block
                block = ""
        yield block

    return _encode_iterable(self, blocks())


Tokenizer.encode_iterable = _in_blocks
