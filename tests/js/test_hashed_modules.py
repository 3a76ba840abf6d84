"""The modules still work after the static file storage put hashes into names and imports."""

import json
from pathlib import Path

import pytest

from harness import node
from tests.module_graph import ROOT
from tests.vectors import generate

DERIVE = """
const [keysModule, envelopeModule, input] = process.argv.slice(2);
const { deriveKeys } = await import(keysModule);
const { readEnvelope } = await import(envelopeModule);
const { secret, envelope, passphrase } = JSON.parse(input);
const bytes = new Uint8Array(Buffer.from(secret, "hex"));
const keys = await deriveKeys({ secret: bytes, envelope: readEnvelope(envelope), passphrase });
process.stdout.write(Buffer.from(keys.content).toString("hex"));
"""


@pytest.fixture
def hashed(collected_static: None, settings) -> dict[str, Path]:
    """Every static file's hashed copy by its own name."""
    root = Path(settings.STATIC_ROOT)
    names = json.loads((root / "staticfiles.json").read_text())["paths"]
    return {name: root / copy for name, copy in names.items()}


def test_vendored_scripts_keep_every_byte(hashed: dict[str, Path]) -> None:
    vendored = [name for name in hashed if name.startswith("vendor/") and name.endswith(".js")]
    assert "vendor/hash-wasm/argon2.umd.min.js" in vendored
    for name in vendored:
        assert hashed[name].read_bytes() == (ROOT / "static" / name).read_bytes()


def test_argon2id_is_loaded_from_its_hashed_name(hashed: dict[str, Path]) -> None:
    script = hashed["js/crypto/passphrase.js"].read_text()
    argon2 = hashed["vendor/hash-wasm/argon2.umd.min.js"].name
    assert f'import("../../vendor/hash-wasm/{argon2}");' in script


def test_hashed_modules_derive_the_keys_of_a_passphrase(
    hashed: dict[str, Path], tmp_path: Path
) -> None:
    vector = generate.load()["keys-with-passphrase.json"]
    script = tmp_path / "derive.mjs"
    script.write_text(DERIVE)
    modules = [hashed[f"js/crypto/{name}.js"] for name in ("keys", "envelope")]
    result = node.run(script, *modules, json.dumps(vector["input"]), timeout=60)
    assert result.stdout == vector["output"]["content"], result.stderr
