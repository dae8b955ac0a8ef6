def basic_tokenize(text):
    decomposed = unicodedata.normalize("NFD", _CONTROL.sub("", text).lower())
    return _TOKEN.findall(regex.sub(r"\p{M}", "", decomposed))
