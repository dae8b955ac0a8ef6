_ALONE = rf"[{_IDEOGRAPHS}]|[!-/:-@\[-`{{-~]"
_TOKEN = regex.compile(rf"{_ALONE}|(?:(?!{_ALONE})\S)+")
