_SINGLE = r"[\u4e00-\u9fff]|[!-/:-@\[-`{-~]|\p{P}"
_TOKEN = regex.compile(rf"{_SINGLE}|(?:(?!{_SINGLE})\S)+")
