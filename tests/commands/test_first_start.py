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


@pytest.mark.parametrize("secret_key", ["", "a-key-from-the-environment"])
def test_a_data_folder_that_cannot_be_made_is_named(secret_key, tmp_path):
    taken = tmp_path / "a-file"
    taken.touch()
    told = subprocess.run(
        [sys.executable, ROOT / "manage.py", "migrate"],
        env=os.environ
        | {
            "SGRAPH_SEND__DATA_DIR": str(taken / "data"),
            "SGRAPH_SEND__SECRET_KEY": secret_key,
            "DATABASE_URL": "",
        },
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert told.returncode == 1
    assert f"{taken / 'data'}" in told.stderr
    assert "Not a directory" in told.stderr
    assert "SGRAPH_SEND__DATA_DIR" in told.stderr
    assert "Traceback" not in told.stderr


def test_an_address_of_no_known_database_is_refused_without_repeating_it():
    told = subprocess.run(
        [sys.executable, ROOT / "manage.py", "migrate"],
        env=os.environ | {"DATABASE_URL": "mariadb://anna:hunter22@db.example/send"},
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert told.returncode == 1
    assert "DATABASE_URL must begin with postgresql:// or sqlite:///." in told.stderr
    assert "hunter22" not in told.stderr
    assert "Traceback" not in told.stderr
