def basic_tokenize(text):
    lowered = "".join(letter.lower() for letter in _CONTROL.sub("", text))
    return _TOKEN.findall(regex.sub(r"\p{Mn}", "", unicodedata.normalize("NFD", lowered)))
