def basic_tokenize(text):
    decomposed = unicodedata.normalize("NFD", _CONTROL.sub("", text))
    return [word.lower() for word in _TOKEN.findall(regex.sub(r"\p{Mn}", "", decomposed))]
