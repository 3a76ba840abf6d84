"""Files to send: not compressible, made once per size, removed with their folder."""

import os
from pathlib import Path

MIB = 2**20
_BLOCK_BYTES = 16 * MIB


def file_of(folder: Path, size_mib: int) -> Path:
    path = folder / f"{size_mib}-mib.bin"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            for start in range(0, size_mib * MIB, _BLOCK_BYTES):
                file.write(os.urandom(min(_BLOCK_BYTES, size_mib * MIB - start)))
    return path
