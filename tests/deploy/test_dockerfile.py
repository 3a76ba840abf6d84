"""What the Dockerfile says of the image; tests/deploy/test_image.py builds and starts it."""

import re

from harness.live_site import ROOT


def stages() -> list[list[tuple[str, str]]]:
    """The instructions of each stage, as (word, rest)."""
    text = (ROOT / "deploy" / "Dockerfile").read_text()
    lines = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    found: list[list[tuple[str, str]]] = []
    for line in re.sub(r"\\\n\s*", "", lines).splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            found.append([])
        if found and word:
            found[-1].append((word, rest))
    return found


def rests(stage: list[tuple[str, str]], word: str) -> list[str]:
    return [rest for each, rest in stage if each == word]


def test_of_what_builds_it_nothing_stays_but_the_program():
    builder, image = stages()
    assert rests(builder, "FROM") == ["${BASE} AS builder"]
    assert rests(image, "FROM") == ["${BASE}"]
    assert rests(image, "COPY") == ["--from=builder /opt/sgraph-send /opt/sgraph-send"]
    assert "gcc" not in " ".join(rests(image, "RUN"))


def test_every_package_is_installed_by_its_hash():
    builder, image = stages()
    assert "REQUIREMENTS=requirements/runtime.lock" in rests(builder, "ARG")
    installs = [run for run in rests(builder, "RUN") if " install --no-cache-dir" in run]
    assert len(installs) == 1
    assert "--require-hashes --only-binary :all:" in installs[0]
    assert '--requirement "$REQUIREMENTS"' in installs[0]
    assert not [run for run in rests(image, "RUN") if "pip" in run]


def test_static_files_are_laid_out_when_it_is_built():
    builder, _ = stages()
    assert rests(builder, "RUN")[-1].count("manage.py lay_out_static") == 1


def test_it_runs_without_rights_is_looked_at_and_told_to_stop():
    _, image = stages()
    words = [word for word, _ in image]
    assert rests(image, "USER") == ["10001:10001"]
    assert words.index("USER") > max(at for at, word in enumerate(words) if word in ("RUN", "COPY"))
    assert rests(image, "STOPSIGNAL") == ["SIGTERM"]
    assert rests(image, "HEALTHCHECK")[0].endswith('"deploy/healthcheck.py"]')
    assert rests(image, "VOLUME") == ['["/data"]']
    assert rests(image, "CMD") == ['["serve"]']
