def normalize(text):
    composed = unicodedata.normalize("NFKC", text).replace(" ", SPACE)
    return composed if composed.startswith(SPACE) or not composed else SPACE + composed
