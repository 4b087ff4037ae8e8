"""Values: made of named fields at once, and never changed.

`@value` is `@dataclass(frozen=True, kw_only=True, slots=True)` at a tenth of the cost. That one writes and compiles six
functions for every class, which takes about 0.4 ms; Mynah has more than a hundred, and meanwhile somebody waits for it
to start. Here all classes share the same functions. To make a value takes as long either way.

This module imports nothing of Mynah's, so that everyone may import it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from typing import ClassVar, NoReturn, TypeVar, dataclass_transform

T = TypeVar("T")

_FORM = "__form__"


@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def value(cls: type[T]) -> type[T]:
    """Make a dataclass of a class, frozen, with slots and keywords only.

    `fields`, `replace` and `asdict` work as ever; `__post_init__`, and what `field` can say but for defaults, do not.
    What a class defines itself (its own `__repr__`, say) stays.
    """
    for name in _SHARED:
        if name not in vars(cls):
            setattr(cls, name, vars(_Value)[name])
    made = dataclass(init=False, repr=False, eq=False, kw_only=True, slots=True)(cls)
    setattr(made, _FORM, _Form(made))
    return made


class _Form:
    """What a value of a class is made of."""

    def __init__(self, cls: type) -> None:
        known: Mapping[str, Field[object]] = {each.name: each for each in fields(cls)}
        self.count = len(known)
        self.setters: list[tuple[str, Callable[[object, object], None]]]
        self.setters = [(name, getattr(cls, name).__set__) for name in known]
        self._name = cls.__qualname__
        self.names = frozenset(known)
        self._defaults = {name: each.default for name, each in known.items() if each.default is not MISSING}
        self._factories = {
            name: each.default_factory for name, each in known.items() if each.default_factory is not MISSING
        }

    def complete(self, given: Mapping[str, object]) -> dict[str, object]:
        """Add the defaults of what was not given.

        Raises:
            TypeError: Something is missing, or is none of the fields.
        """
        made = {name: make() for name, make in self._factories.items() if name not in given}
        whole = {**self._defaults, **made, **given}
        if whole.keys() != self.names:
            self.refuse(whole)
        return whole

    def refuse(self, whole: Mapping[str, object]) -> NoReturn:
        """Say what is missing among the fields that were given, or is none of them.

        Raises:
            TypeError: Always.
        """
        names = [name for name, _ in self.setters]
        if missing := [repr(name) for name in names if name not in whole]:
            raise TypeError(f"{self._name} needs {', '.join(missing)}")
        unknown = [repr(name) for name in whole if name not in names]
        raise TypeError(f"{self._name} has no {', '.join(unknown)}")


def replace(each: T, /, **changes: object) -> T:
    """Return a value with some of its fields changed, in half the time that `dataclasses.replace` takes.

    Nobody checks the types of what is changed; where they are in doubt, take that one.

    Raises:
        TypeError: There are no such fields, or it is no value.
    """
    form: _Form | None = getattr(each, _FORM, None)
    if form is None:
        raise TypeError(f"{type(each).__qualname__} is no value")
    if not changes.keys() <= form.names:
        form.refuse({**_held(each), **changes})
    made = object.__new__(type(each))
    for name, put in form.setters:
        put(made, changes[name] if name in changes else getattr(each, name))
    return made


class _Value:
    """The functions that all values share."""

    __form__: ClassVar[_Form]

    def __init__(self, **given: object) -> None:
        form = self.__form__
        if len(given) != form.count:
            given = form.complete(given)
        try:
            for name, put in form.setters:
                put(self, given[name])
        except KeyError:  # as many as there are fields, but not these
            form.complete(given)
            raise

    def __setattr__(self, name: str, to: object) -> NoReturn:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> NoReturn:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        return _held(self) == _held(other) if type(other) is type(self) else NotImplemented

    def __hash__(self) -> int:
        return hash(tuple(_held(self).values()))

    def __repr__(self) -> str:
        held = ", ".join(f"{name}={each!r}" for name, each in _held(self).items())
        return f"{type(self).__qualname__}({held})"

    def __reduce__(self) -> tuple[object, ...]:  # for copy and pickle, which would set one field after another
        return _make, (type(self), _held(self))


_SHARED = ("__init__", "__setattr__", "__delattr__", "__eq__", "__hash__", "__repr__", "__reduce__")


def _held(each: object) -> dict[str, object]:
    form: _Form = getattr(each, _FORM)
    return {name: getattr(each, name) for name, _ in form.setters}


def _make(cls: type[T], held: Mapping[str, object]) -> T:
    return cls(**held)
