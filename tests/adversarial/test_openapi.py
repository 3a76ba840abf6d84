"""The OpenAPI document against a running site: tens of thousands of calls that fit it, or do not.

No answer is a 5xx, none has a status, a type of content or a member that is not in the document.
"""

from collections.abc import Callable

import pytest

from harness.live_site import LiveSite
from tests.adversarial.documented_calls import EVERYTHING_OFF, run

# Calls that must have come to each of these ends, or the made-up calls stayed at the door.
DEEP_ENDS = {
    ("POST /transfers/upload/{transfer_id}/sign", 200),
    ("POST /transfers/upload/{transfer_id}/abort", 200),
    ("POST /transfers/complete/{transfer_id}", 200),
    ("POST /transfers/complete/{transfer_id}", 409),
    ("GET /transfers/info/{transfer_id}", 200),
    ("GET /transfers/info/{transfer_id}", 410),
    ("POST /transfers/manifest/{transfer_id}", 200),
    ("POST /transfers/manifest/{transfer_id}", 403),
    ("POST /transfers/download/{transfer_id}/lease", 200),
    ("POST /transfers/download/{transfer_id}/finish", 200),
    ("GET /transfers/manage/{transfer_id}", 200),
    ("PATCH /transfers/manage/{transfer_id}", 200),
    ("DELETE /transfers/manage/{transfer_id}", 200),
    ("POST /transfers/manage/{transfer_id}/revoke", 200),
    ("POST /transfers/upload/{transfer_id}", 200),
    ("GET /transfers/download/{transfer_id}", 200),
    ("POST /transfers/report/{transfer_id}", 200),
}


@pytest.mark.parametrize(
    ("cases_per_call", "cases_min"),
    [(60, 1000), *[pytest.param(140, 2500, marks=pytest.mark.long)] * 8],
    ids=["some", *[f"share {number} of 20,000" for number in range(1, 9)]],
)
def test_no_call_gets_an_answer_that_is_not_documented(
    start_site: Callable[..., LiveSite],
    record_cases: Callable[[int], None],
    cases_per_call: int,
    cases_min: int,
):
    site = start_site(**EVERYTHING_OFF)

    answers, wrong = run(site, cases_per_call)

    record_cases(answers.total())
    assert not wrong, "\n\n".join(wrong)
    assert answers.total() >= cases_min
    assert set(answers) >= DEEP_ENDS
    assert "Traceback" not in site.log
    assert "unhandled error" not in site.log
