"""The zip for Lambda: what the template's handlers need, for the template's machine."""

import re
import struct
import zipfile
from pathlib import Path

import pytest

from deploy.release import function_code

ROOT = Path(__file__).parents[2]
TEMPLATE = (ROOT / "deploy" / "aws" / "template.yaml").read_text()
WORKFLOW = (ROOT / ".github" / "workflows" / "deploy.yml").read_text()
ELF_AARCH64 = 183  # e_machine, /usr/include/elf.h


def test_it_is_packed_for_the_runtime_of_the_template():
    runtimes = set(re.findall(r"Runtime: (python\S+)", TEMPLATE))
    assert runtimes == {f"python{function_code.FUNCTIONS.python}"}
    assert set(re.findall(r"Architectures: \[(\w+)\]", TEMPLATE)) == {"arm64"}


def test_the_workflow_updates_every_function_that_has_this_code():
    named = re.findall(r"FunctionName: !Sub sgraph-send-\$\{Environment\}-(\w+)", TEMPLATE)
    assert sorted(re.findall(r"^ +update (\w+)$", WORKFLOW, re.M)) == sorted(named)


@pytest.mark.long
def test_the_zip_holds_handlers_packages_and_static_files(tmp_path: Path):
    file = tmp_path / "code.zip"
    assert 0 < function_code.pack(file) < function_code.UNPACKED_BYTES_MAX

    with zipfile.ZipFile(file) as packed:
        held = set(packed.namelist())
        libraries = [name for name in held if name.endswith(".so")]
        machines = {struct.unpack_from("<H", packed.read(name), 18)[0] for name in libraries}
    handlers = re.findall(r"Handler: (sgraph_send\.functions\.\w+)\.handler", TEMPLATE)
    assert {f"{module.replace('.', '/')}.py" for module in handlers} <= held
    assert {"mangum/__init__.py", "templates/base.html", "static_files/staticfiles.json"} <= held
    assert machines == {ELF_AARCH64}
    described = {name.split("/")[2] for name in held if re.match(r"botocore/data/[^/]+/", name)}
    assert described == function_code.SERVICES
    is_compiled = any(name.endswith(".pyc") for name in held)
    assert is_compiled == (function_code.FUNCTIONS.python == function_code.HERE)
