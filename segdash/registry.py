"""The one way a thing is found by name.

A room (a package such as ``segdash.charts``) holds one `Registry`. Every module of the room registers what it
offers with a decorator, and all modules are imported at the first look-up: dropping a file in is the only edit
needed to add a chart, a method or a view.
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from segdash.errors import UnknownNameError

T = TypeVar("T")


class Registry(Mapping[str, T], Generic[T]):
    """Things of one kind, by name, in the order of their names.

    Parameters
    ----------
    kind : str
        The noun that error sentences use ("method", "chart").
    package : str
        Dotted name of the room whose modules register things.

    Raises
    ------
    UnknownNameError
        From ``registry[name]``, naming the nearest known name.
    """

    def __init__(self, kind: str, package: str) -> None:
        self.kind = kind
        self.package = package
        self._things: dict[str, T] = {}
        self._complete = False

    def register(self, name: str) -> Callable[[T], T]:
        """Decorate a thing to make it known as ``name``; a name given twice is a programming error."""

        def add(thing: T) -> T:
            known = self._things.get(name)
            if known is not None and getattr(known, "__module__", None) != getattr(thing, "__module__", None):
                raise ValueError(f"Two {self.kind}s are named {name!r}: {known!r} and {thing!r}.")
            self._things[name] = thing
            return thing

        return add

    def _load(self) -> dict[str, T]:
        if not self._complete:
            room = importlib.import_module(self.package)
            for module in pkgutil.iter_modules(room.__path__):
                importlib.import_module(f"{self.package}.{module.name}")
            self._complete = True
        return self._things

    def __getitem__(self, name: str) -> T:
        if name not in self._things and name not in self._load():
            raise UnknownNameError.of(self.kind, name, self._load())
        return self._things[name]

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._load()))

    def __len__(self) -> int:
        return len(self._load())
