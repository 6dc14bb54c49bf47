"""How the modules beside this one change moto: method by method, each with the reason."""

import functools
from typing import Any, Callable


def patch(owner: type) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Puts a function in the place of the owner's method of the same name, which it gets as its first argument."""

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        former = getattr(owner, function.__name__)

        @functools.wraps(former)
        def method(self: Any, *args: Any, **kwargs: Any) -> Any:
            return function(former, self, *args, **kwargs)

        setattr(owner, function.__name__, method)
        return function

    return decorate


def add(owner: type) -> Callable[[Any], Any]:
    """Gives the owner a method or property that moto lacks, or in place of a property that moto makes up."""

    def decorate(member: Any) -> Any:
        setattr(owner, (member.fget if isinstance(member, property) else member).__name__, member)
        return member

    return decorate
