"""Form fields of the admin."""

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone

from reform.errors import CellError
from reform.exchange.cells import clean_id_number, clean_name, clean_phone

from .display import ONE_DAY, last_day_of


class LastDayField(forms.DateField):
    """A half-open end, typed and shown as the inclusive last day."""

    def prepare_value(self, value: Any) -> Any:
        return last_day_of(value) if isinstance(value, date) else value

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        return day + ONE_DAY if day else None


class CellField(forms.CharField):
    """A text under the rules of the workbooks: the same cleaning, the same messages."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        try:
            return self.read(text) if text else ""
        except CellError as fault:
            raise ValidationError(fault.message + fault.hint) from None

    def read(self, text: str) -> str:
        raise NotImplementedError


class NameField(CellField):
    """姓名."""

    def read(self, text: str) -> str:
        return clean_name(text)


class IdNumberField(CellField):
    """身份证号."""

    def read(self, text: str) -> str:
        return clean_id_number(text, timezone.localdate())


class PhoneField(CellField):
    """联系电话."""

    def read(self, text: str) -> str:
        return clean_phone(text)
