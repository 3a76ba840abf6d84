"""Answers that are written without validation keep the shape that is documented."""

import pytest
from pydantic import ConfigDict

from tests.actors import MIB, Sender
from transfers.api.schemas.downloads import Info

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("store")]


class ExactInfo(Info):
    model_config = ConfigDict(extra="forbid")


@pytest.mark.parametrize("limit", [3, None])
def test_info_gives_every_documented_member_and_no_other(limit: int | None):
    sender = Sender(payload=b"x" * MIB).send(max_downloads=limit)

    answer = sender.recipient().info()

    assert answer.headers["Content-Type"] == "application/json; charset=utf-8"
    assert set(answer.json()) == set(Info.model_fields)
    ExactInfo.model_validate_json(answer.content, strict=True)


def test_times_have_milliseconds_and_a_zone():
    created_at = Sender(payload=b"x").send(max_downloads=1).recipient().info().json()["created_at"]

    assert len(created_at) == len("2026-01-01T00:00:00.000Z")
    assert created_at.endswith("Z")
