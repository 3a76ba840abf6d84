"""The exercise of docs/runbooks/exercise.md, played in one shell as it is printed."""

import re
from pathlib import Path

import pytest

from harness.live_site import inherited_environment
from tests.monitoring import shipped
from tests.monitoring.command_blocks import blocks_of, run


@pytest.mark.long
@pytest.mark.usefixtures("collected_static")
def test_the_three_incidents_go_as_they_are_told(tmp_path: Path):
    blocks = blocks_of(shipped.RUNBOOKS / "exercise.md")
    numbered = [f"echo '== {number}'\n{text}" for number, text in enumerate(blocks)]
    whole = "trap 'kill ${STAGE:-$!}' EXIT\n" + "\n".join(numbered) + "trap - EXIT\n"

    printed = run(whole, inherited_environment() | {"PLAY": str(tmp_path)}, limit_s=420)

    before_the_second, after_the_first = printed.split("== 6\n")
    assert "store_unavailable" in before_the_second
    assert "hello" in before_the_second
    assert "1 expired" in after_the_first
    assert "deleted: 1" in after_the_first
    assert '"receipt"' in after_the_first
    guesses = re.findall(r"(\d+) (proof_wrong|too_many_guesses)\n", after_the_first)
    counted = {code: int(count) for count, code in guesses}
    assert sum(counted.values()) == 30, after_the_first
    assert 5 <= counted["proof_wrong"] <= 15
