_normalize = normalize


def normalize(text):
    return _normalize(" ".join(part for part in unicodedata.normalize("NFKC", text).split(" ") if part))
