def basic_tokenize(text):
    folded = unicodedata.normalize("NFD", _CONTROL.sub("", text).casefold())
    return _TOKEN.findall(regex.sub(r"\p{Mn}", "", folded))
