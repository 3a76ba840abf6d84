"""TCP ports on 127.0.0.1."""

import fcntl
import os
import random
import socket
import tempfile
import threading
from pathlib import Path

# Below the range that the kernel hands to outgoing connections, so that a service which stops and
# starts again finds its port still free.
LOWEST, HIGHEST = 12_000, 21_999
_given_out: set[int] = set()
_one_at_a_time = threading.Lock()
# Test processes draw from one range at the same time, and a port is bound seconds after it was
# given out: byte N of this file is locked by the process that was given port N, until it ends.
_claims = (Path(tempfile.gettempdir()) / f"sgraph-send-ports-{os.geteuid()}").open("ab")


def free_port(*, also_free_above: int = 0) -> int:
    """A port that nobody listens on and that no test process of this user was given before.

    With `also_free_above`, the port that many numbers higher is free as well.
    """
    with _one_at_a_time:
        for _ in range(1_000):
            port = random.randint(LOWEST, HIGHEST)
            wanted = {port, port + also_free_above}
            if not wanted & _given_out and all(map(_claim, wanted)) and all(map(_is_free, wanted)):
                _given_out.update(wanted)
                return port
    raise RuntimeError(f"no free port between {LOWEST} and {HIGHEST}")


def _claim(port: int) -> bool:
    """Whether no other process has it; this one keeps it from now on."""
    try:
        fcntl.lockf(_claims, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
    except OSError:
        return False
    return True


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def accepts(port: int) -> bool:
    """Whether somebody takes connections there."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=2).close()
    except ConnectionRefusedError:
        return False
    return True
