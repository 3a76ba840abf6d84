"""Form fields for sizes, durations and rates in the notation of `transfers.amounts`."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms

from transfers.amounts import parse_rate

Parsed = TypeVar("Parsed")


class ParsedField(forms.CharField):
    """A number with a unit; None when empty. `render` writes what `parse` reads."""

    def __init__(
        self, parse: Callable[[str], int], render: Callable[[int], str], **options: Any
    ) -> None:
        super().__init__(required=False, **options)
        self._parse, self._render = parse, render

    def prepare_value(self, value: object) -> object:
        return self._render(value) if isinstance(value, int) else value

    def to_python(self, value: Any) -> int | None:  # type: ignore[override]  # a CharField only by its widget
        text = super().to_python(value)
        return _parsed(self._parse, text) if text else None

    def has_changed(self, initial: int | None, data: str | None) -> bool:
        try:
            return self.to_python(data) != initial
        except forms.ValidationError:
            return True


class RateField(forms.CharField):
    """A rate in django-ratelimit's form, or ""."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=20, **options)

    def to_python(self, value: Any) -> str:
        text = super().to_python(value)
        return _parsed(parse_rate, text) if text else ""


def _parsed(parse: Callable[[str], Parsed], text: str) -> Parsed:
    try:
        return parse(text)
    except ValueError as exc:
        raise forms.ValidationError(str(exc)) from None
