"""No script reads a whole file or a whole payload into memory."""

import re
from collections import Counter

from tests.module_graph import JS_ROOT, js_code, js_files

WHOLE_READS = {
    "arrayBuffer": re.compile(r"\.arrayBuffer\("),
    "text": re.compile(r"\.text\("),
    "blob": re.compile(r"\.blob\("),
    "bytes": re.compile(r"\.bytes\("),
    "json": re.compile(r"\.json\("),
    "formData": re.compile(r"\.formData\("),
    "FileReader": re.compile(r"\bFileReader"),
    "responseText": re.compile(r"\.response(?:Text)?\b(?!\.)"),
    "readAsArrayBuffer": re.compile(r"\breadAs"),
    "new Response": re.compile(r"\bnew Response\("),
}

# (file, call): how often, and why it reads little.
ALLOWED = {
    ("worker/slice_reader.js", "arrayBuffer"): (1, "one slice of a file, at most one part"),
    ("transport/api.js", "json"): (2, "our own server's answers"),
    ("transport/object_store.js", "responseText"): (1, "the store's answer to a PUT"),
    ("transport/object_store.js", "text"): (1, "the store's refusal, a short document"),
    ("ui/send_form.js", "text"): (3, "what the note field holds; no body"),
}


def whole_reads(code: str) -> Counter[str]:
    return Counter({name: len(call.findall(code)) for name, call in WHOLE_READS.items()})


def test_no_script_reads_a_whole_body():
    found = {
        (path.relative_to(JS_ROOT).as_posix(), name): count
        for path in js_files()
        for name, count in whole_reads(js_code(path)).items()
        if count
    }
    assert found == {place: count for place, (count, _) in ALLOWED.items()}


def test_the_search_finds_each_way_of_reading():
    planted = "a.arrayBuffer(); a.text(); a.blob(); a.bytes(); a.json(); a.formData();"
    planted += "new FileReader().readAsArrayBuffer(f); x.responseText; new Response(f);"
    assert all(whole_reads(planted)[name] for name in WHOLE_READS)
