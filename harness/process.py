"""A child process with a log file, a readiness check and a reliable end."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from harness.waiting import NotReady, wait_until

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class Died(RuntimeError):
    """The process ended before it was ready; the message ends with the tail of its log."""


class ChildProcess:
    """One program in a process group of its own; its output is appended to `log_path`."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        log_path: Path,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
        user: str | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.log_path = log_path
        self._stop_signal = stop_signal
        with log_path.open("ab") as log:
            self._popen = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                user=user,
                start_new_session=True,
                pass_fds=pass_fds,
                preexec_fn=_end_with_parent if _libc else None,
            )

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def returncode(self) -> int | None:
        return self._popen.poll()

    def wait_ready(self, probe: Callable[[], object], *, timeout_s: float = 120) -> None:
        """Blocks until `probe` answers truthily.

        Raises:
            Died: when the process ends first.
            NotReady: when the deadline passes; the process is killed.
        """

        def alive_and_ready() -> object:
            if self.returncode is not None:
                raise Died(f"{self._popen.args} ended with {self.returncode}\n{self.log_tail()}")
            return probe()

        try:
            wait_until(alive_and_ready, f"readiness of {self._popen.args}", timeout_s=timeout_s)
        except NotReady as exc:
            self.kill()
            raise NotReady(f"{exc}\n{self.log_tail()}") from exc

    def stop(self, *, timeout_s: float = 60) -> int:
        """Asks the process to end, kills it after `timeout_s`; returns its exit status."""
        if self.returncode is None:
            self._popen.send_signal(self._stop_signal)
            try:
                self._popen.wait(timeout_s)
            except subprocess.TimeoutExpired:
                self.kill()
        self._kill_group()
        return self._popen.wait()

    def kill(self) -> None:
        """Ends the process and all of its children at once."""
        self._kill_group()
        self._popen.wait()

    def log_tail(self, lines: int = 40) -> str:
        return "\n".join(self.log_path.read_text(errors="replace").splitlines()[-lines:])

    def _kill_group(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._popen.pid, signal.SIGKILL)


def _end_with_parent() -> None:
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
