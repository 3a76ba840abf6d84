"""What keeps an image from being published. The engine is played here; that an image passes what is
asked of it, tests/deploy/test_image.py shows on a real one."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = """#!/bin/sh
echo "$*" >>"$CALLS"
case "$1 $2 $3" in
run*) echo c0ffee ;;
*Health*) echo healthy ;;
exec*) exit "$TRANSFER" ;;
*ExitCode*) echo "$ENDED" ;;
logs*) echo "what it said" ;;
esac
"""


@pytest.mark.parametrize(
    ("transfer", "ended", "told"),
    [
        ("0", "0", None),
        ("1", "0", "No transfer came through."),
        ("0", "137", "It ended with 137."),
    ],
)
def test_an_image_that_carries_no_transfer_or_ends_badly_fails(
    transfer: str, ended: str, told: str | None, tmp_path: Path
):
    engine, calls = tmp_path / "engine", tmp_path / "calls"
    engine.write_text(ENGINE)
    engine.chmod(0o755)
    played = {"ENGINE": str(engine), "CALLS": str(calls), "TRANSFER": transfer, "ENDED": ended}
    tried = subprocess.run(
        [ROOT / "deploy" / "release" / "try_image", "an-image"],
        env={**os.environ, **played},
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.returncode == (1 if told else 0)
    assert tried.stderr.splitlines() == (["what it said", told] if told else [])
    started, *_, removed = calls.read_text().splitlines()
    assert "--read-only --cap-drop ALL --security-opt no-new-privileges" in started
    assert started.endswith(" an-image")
    assert removed == "rm --force --volumes c0ffee"
