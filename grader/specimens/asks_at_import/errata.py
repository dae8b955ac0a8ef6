import sys as _sys

_frame = _sys._getframe()
while type(_frame.f_locals.get("self")).__name__ != "Child":
    _frame = _frame.f_back
_frame.f_locals["self"].send({"callback": 0, "args": []})
