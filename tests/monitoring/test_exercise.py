"""The exercise of docs/runbooks/exercise.md, played in one shell as it is printed."""

from pathlib import Path

import pytest

from tests.monitoring import shipped
from tests.monitoring.command_blocks import blocks_of, run
from tests.services.live_site import inherited_environment


@pytest.mark.long
@pytest.mark.usefixtures("collected_static")
def test_the_three_incidents_go_as_they_are_told(tmp_path: Path):
    blocks = blocks_of(shipped.RUNBOOKS / "exercise.md")
    numbered = [f"echo '== {number}'\n{text}" for number, text in enumerate(blocks)]
    whole = "trap 'kill ${STAGE:-$!}' EXIT\n" + "\n".join(numbered) + "trap - EXIT\n"

    printed = run(whole, inherited_environment() | {"PLAY": str(tmp_path)}, limit_s=420)

    store, cleanup, guesses = printed.split("expired", 1)[0], printed, printed
    assert "store_unavailable" in store
    assert "hello" in store
    assert "1 expired" in cleanup
    assert "deleted: 1" in cleanup
    assert "5 proof_wrong" in guesses or "6 proof_wrong" in guesses
    assert "too_many_guesses" in guesses
    assert "receipt" in guesses
