"""Form fields for sizes, spans and rates as people write them."""

from collections.abc import Callable

from django import forms

from transfers.amounts import parse_rate


class ParsedField(forms.CharField):
    """A number that is written with a unit; None when empty."""

    def __init__(
        self, parse: Callable[[str], int], tell: Callable[[int], str], **options: object
    ) -> None:
        super().__init__(required=False, **options)
        self._parse, self._tell = parse, tell

    def prepare_value(self, value: object) -> object:
        return self._tell(value) if isinstance(value, int) else value

    def to_python(self, value: object) -> int | None:
        text = super().to_python(value)
        return _parsed(self._parse, text) if text else None

    def has_changed(self, initial: int | None, data: str | None) -> bool:
        try:
            return self.to_python(data) != initial
        except forms.ValidationError:
            return True


class RateField(forms.CharField):
    """A rate in django-ratelimit's form, or ""."""

    def __init__(self, **options: object) -> None:
        super().__init__(required=False, max_length=20, **options)

    def to_python(self, value: object) -> str:
        text = super().to_python(value)
        return _parsed(parse_rate, text) if text else ""


def _parsed(parse: Callable[[str], object], text: str) -> object:
    try:
        return parse(text)
    except ValueError as exc:
        raise forms.ValidationError(str(exc)) from None
