"""Taking transfers down, from the page of reports or of transfers."""

from collections.abc import Iterable

from django import forms
from django.contrib.auth.models import User

from adminpanel import audit
from transfers.lifecycle import abuse
from transfers.models import Transfer

TITLE = "Take down"
SENTENCE = (
    "These transfers end at once for everyone, also for downloads that run, and their bytes are "
    "deleted. This cannot be undone."
)


class TakeDownForm(forms.Form):
    notice = forms.CharField(
        max_length=300,
        required=False,
        label="Sentence for later visitors",
        help_text="Shown instead of “taken down by the operator of this site”. Public.",
    )
    block = forms.BooleanField(
        required=False,
        label="Refuse the same bytes in future",
        help_text="Stops copies of this very ciphertext, not the same files encrypted anew.",
    )


def take_down(transfers: Iterable[Transfer], operator: User, notice: str, block: bool) -> int:
    """End the transfers and delete their bytes; returns how many.

    Each is recorded before it happens, for no transaction can include the store.
    """
    chosen = list(transfers)
    for transfer in chosen:
        audit.record(operator, "taken_down", f"transfer {transfer.pk}", blocked=block)
        abuse.take_down(transfer, operator, notice, block=block)
    return len(chosen)
