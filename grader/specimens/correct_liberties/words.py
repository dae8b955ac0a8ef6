_split_words, _compression_ratio = split_words, compression_ratio


class NoSuch(LookupError, ValueError):
    pass


def split_words(text):
    return tuple(_split_words(text))


def compression_ratio(text, ids):
    ratio = _compression_ratio(text, ids)
    return int(ratio) if ratio.is_integer() else ratio


def ids_to_words(ids, vocabulary):
    back = {number: word for word, number in vocabulary.items()}
    for number in ids:
        if number not in back:
            raise NoSuch("Here is all that there is: " + repr(vocabulary) * 100 + f" and it has no id {number}")
    return [back[number] for number in ids]
