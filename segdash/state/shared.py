"""Fits that all states of a process share: the same customers under the same choices are fitted once."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import ref

from segdash.clustering import Clustering, fit

if TYPE_CHECKING:
    from collections.abc import Hashable, Sequence

    import pandas as pd

MOST_FITS = 24
"""Fits that are kept; one of a million customers is 8 MB of labels."""

_fits: OrderedDict[Hashable, tuple[ref[pd.DataFrame], Clustering]] = OrderedDict()
_lock = Lock()


def fit_once(method: str, customers: pd.DataFrame, *, features: Sequence[str], **settings: Any) -> Clustering:
    """As `segdash.clustering.fit`, or what it gave before for this very table and these choices.

    Parameters
    ----------
    customers : pandas.DataFrame of shape (n_customers, ...)
        Never changed in place: it is known again by identity.
    method, features, **settings
        As `fit` takes them.
    """
    try:
        key = (id(customers), method, _frozen(features), _frozen(settings))
    except TypeError:  # a setting that can't be told from another by its value
        return fit(method, customers, features=features, **settings)
    with _lock:
        table, known = _fits.get(key, (None, None))
        # A table that is gone may have left its identity to another.
        if known is not None and table is not None and table() is customers:
            _fits.move_to_end(key)
            return known
    made = fit(method, customers, features=features, **settings)
    with _lock:
        _fits[key] = ref(customers), made
        _fits.move_to_end(key)
        for old in [old for old, (table, _) in _fits.items() if table() is None]:
            del _fits[old]
        while len(_fits) > MOST_FITS:
            _fits.popitem(last=False)
    return made


def _frozen(value: Any) -> Hashable:
    """A value that can be looked up; it differs wherever the original does."""
    if isinstance(value, dict):
        return ("dict", *sorted((str(name), _frozen(one)) for name, one in value.items()))
    if isinstance(value, (list, tuple)):
        return (type(value).__name__, *map(_frozen, value))
    hash(value)
    return (type(value).__name__, value)
