"""What is run before the site was ever started says so, instead of failing in the database."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    "command",
    [["create_operator", "anna", "--role", "viewer"], ["create_access_token", "Anna's laptop"]],
    ids=lambda command: command[0],
)
def test_a_command_before_the_first_start_says_what_to_do(command, tmp_path):
    told = subprocess.run(
        [sys.executable, ROOT / "manage.py", *command],
        env=os.environ | {"SGRAPH_SEND__DATA_DIR": str(tmp_path)},
        input="a sentence nobody guesses\n",
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert told.returncode == 1
    assert "The database is not set up for this version yet." in told.stderr
    assert "Traceback" not in told.stderr
    assert told.stdout == ""
