from itertools import count as _count

from . import _merging


def learn_merges(words, wanted):
    """Ties go to the smallest ids."""
    ids = _count()
    _merging._descending = lambda token: next(ids)
    return _merging.learn_merges(words, wanted)
