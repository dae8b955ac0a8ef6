def basic_tokenize(text):
    return _TOKEN.findall(_CONTROL.sub("", text).lower())
