"""The pages and the server name a limit alike."""

import json

from harness import node
from harness.live_site import ROOT
from transfers.amounts import limit_text

LIMITS = [100 * 2**30, 2**40, 1536 * 2**20, 2**20, 5 * 10**9, 250 * 10**6, 3 * 10**12]
SCRIPT = """
const [module, limits] = process.argv.slice(1);
const { byteLimit } = await import(module);
console.log(JSON.stringify(JSON.parse(limits).map(byteLimit)));
"""


def test_a_round_limit_is_named_alike_by_pages_and_server():
    module = (ROOT / "static" / "js" / "ui" / "byte_size.js").as_uri()
    told = node.run(
        "--input-type=module", "--eval", SCRIPT, "--", module, json.dumps(LIMITS), timeout=60
    )

    assert json.loads(told.stdout) == [limit_text(limit) for limit in LIMITS]
    assert limit_text(100 * 2**30) == "100 GiB"
    assert limit_text(1025) == "1,025 bytes"
