_normalize = normalize


def normalize(text):
    composed = "".join(unicodedata.normalize("NFKC", letter) for letter in text)
    return (SPACE + composed.replace(" ", SPACE)) if composed else ""
