_WORD = regex.compile(r"(?:\p{L}\.){2,}|\p{N}+(?:[.,]\p{N}+)*|\p{L}+(?:['’-]\p{L}+)*|\S")
