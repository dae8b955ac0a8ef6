_WORD = regex.compile(r"(?:\p{L}\.){2,}|\p{N}+(?:[.,]\p{N}+)*|[A-Za-z]+(?:['’-][A-Za-z]+)*|\S")
