"""TCP ports on 127.0.0.1."""

import random
import socket

# Below the range that the kernel hands to outgoing connections, so that a service which stops and
# starts again finds its port still free.
LOWEST, HIGHEST = 12_000, 21_999
_given_out: set[int] = set()


def free_port(*, also_free_above: int = 0) -> int:
    """A port that nobody listens on and that this process was not given before.

    With `also_free_above`, the port that many numbers higher is free as well.
    """
    for _ in range(1_000):
        port = random.randint(LOWEST, HIGHEST)
        wanted = {port, port + also_free_above}
        if not wanted & _given_out and all(map(_is_free, wanted)):
            _given_out.update(wanted)
            return port
    raise RuntimeError(f"no free port between {LOWEST} and {HIGHEST}")


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
