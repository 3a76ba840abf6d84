"""What is run before the site was ever started, or wrongly configured, says so in a sentence."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from sgraph_send.server.listening import authority

ROOT = Path(__file__).resolve().parents[2]


def refused(*command: str, **environment: str) -> str:
    """What a command says that can't do its work; nothing else, and no stack."""
    told = subprocess.run(
        [sys.executable, ROOT / "manage.py", *command],
        env=os.environ | environment,
        input="a sentence nobody guesses\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert told.returncode == 1
    assert told.stdout == ""
    assert "Traceback" not in told.stderr
    return told.stderr


@pytest.mark.parametrize(
    "command",
    [["create_operator", "anna", "--role", "viewer"], ["create_access_token", "Anna's laptop"]],
    ids=lambda command: command[0],
)
def test_a_command_before_the_first_start_says_what_to_do(command, tmp_path):
    said = refused(*command, SGRAPH_SEND__DATA_DIR=str(tmp_path))

    assert "The database is not set up for this version yet." in said


@pytest.mark.parametrize("secret_key", ["", "a-key-from-the-environment"])
def test_a_data_folder_that_cannot_be_made_is_named(secret_key, tmp_path):
    (tmp_path / "a-file").touch()
    folder = str(tmp_path / "a-file" / "data")
    said = refused(
        "migrate",
        SGRAPH_SEND__DATA_DIR=folder,
        SGRAPH_SEND__SECRET_KEY=secret_key,
        DATABASE_URL="",
    )

    for word in (folder, "Not a directory", "SGRAPH_SEND__DATA_DIR"):
        assert word in said


def test_an_address_of_no_known_database_is_refused_without_repeating_it():
    said = refused("migrate", DATABASE_URL="mariadb://anna:hunter22@db.example/send")

    assert "DATABASE_URL must begin with postgresql:// or sqlite:///." in said
    assert "hunter22" not in said


def test_a_port_in_use_is_said_before_anything_is_prepared(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        said = refused("serve", PORT=port, SGRAPH_SEND__DATA_DIR=str(tmp_path / "data"))

    assert f"Port {port} of 127.0.0.1 is in use" in said
    assert "set PORT to another number" in said
    assert not list(tmp_path.rglob("*.sqlite3"))


def test_an_address_that_this_machine_does_not_have_is_named(tmp_path):
    said = refused("serve", HOST="203.0.113.9", SGRAPH_SEND__DATA_DIR=str(tmp_path / "data"))

    assert "This machine has no address 203.0.113.9" in said
    assert "Set HOST" in said


@pytest.mark.parametrize(
    ("host", "written"), [("127.0.0.1", "127.0.0.1:8000"), ("::1", "[::1]:8000")]
)
def test_an_address_of_ipv6_is_written_in_brackets(settings, host, written):
    settings.SERVE_HOST, settings.SERVE_PORT = host, 8000

    assert authority() == written
