"""What writers make of paths, and that every reader takes it."""

from hypothesis import example, given
from hypothesis import strategies as st

from sgraph_send.client.format import check_paths, path_problem, safe_paths
from tests.format.js_format import JsFormat

# Normalisation of unassigned code points changes with the Unicode version. Of surrogates only the
# leading ones are drawn: JSON, on its way to the other implementation, would join a pair.
LETTERS = st.characters(exclude_categories=["Cn", "Cs"])
LONE = st.just("\ud800")
AWKWARD = st.sampled_from([*"ab./\\ ", "\0", "\u202e", "\u0301", "é", "😀", "(2)", "..", ".txt"])
NAMES = st.lists(LETTERS | AWKWARD | LONE, max_size=12).map("".join)
LONG = st.builds(lambda name, times: name * times, NAMES, st.integers(1, 200))
PATHS = st.lists(NAMES | LONG, max_size=5).map("/".join)
FEW_NAMES = st.lists(
    st.sampled_from(["a", "b", "a/b", "a/b/c", "b/a", "a (2)", "a (2)/b"]), max_size=12
)


@given(st.lists(PATHS, max_size=8) | FEW_NAMES)
@example(["a", "a", "a/b", "a"])
@example(["", "/", "..", "a\\..\\b"])
@example(["x" * 300 + ".jpeg"] * 3)
@example(["/".join(["d" * 255] * 6)] * 3)
@example(["\udfffa", "a\udfff"])
@example(["a/" * 600 + "f"] * 2)
@example(["é" * 200, "e\u0301" * 200])
def test_safe_paths_pass_the_reader_one_for_one(js_format: JsFormat, paths: list[str]) -> None:
    safe = safe_paths(paths)
    assert len(safe) == len(paths)
    check_paths(safe)
    assert safe_paths(safe) == safe
    assert js_format.call("safePaths", paths=paths) == safe


@given(PATHS)
def test_both_implementations_refuse_the_same_paths(js_format: JsFormat, path: str) -> None:
    assert js_format.call("pathProblem", path=path) == (path_problem(path) is not None)


def test_a_good_path_is_kept_as_it_is() -> None:
    paths = ["a.txt", "b/a.txt", "Ünïcödé/日本語.txt", ".hidden", "con", "a:b "]
    assert safe_paths(paths) == paths


def test_refused_characters_become_underscores() -> None:
    assert safe_paths(["a\\b\u202e\n\ud800.txt"]) == ["a_b___.txt"]


def test_relative_and_empty_segments_cannot_climb() -> None:
    assert safe_paths(["/etc/../passwd", "./a", "//", ""]) == [
        "etc/__/passwd",
        "_/a",
        "_ (2)",
        "_ (3)",
    ]


def test_equal_paths_are_numbered_before_the_extension() -> None:
    assert safe_paths(["a.tar.gz", "a.tar.gz", ".profile", ".profile", "a", "a", "a"]) == [
        "a.tar.gz",
        "a.tar (2).gz",
        ".profile",
        ".profile (2)",
        "a",
        "a (2)",
        "a (3)",
    ]


def test_a_file_and_a_folder_of_one_name_are_kept_apart() -> None:
    assert safe_paths(["a", "a/b", "a/c"]) == ["a", "a (2)/b", "a (2)/c"]
    assert safe_paths(["a/b", "a", "a/c"]) == ["a/b", "a (2)", "a/c"]


def test_long_names_lose_their_end_but_not_their_extension() -> None:
    (path,) = safe_paths(["ü" * 200 + ".jpeg"])
    assert path == "ü" * 125 + ".jpeg"
    assert safe_paths(["x" * 300, "x" * 300]) == ["x" * 255, "x" * 251 + " (2)"]


def test_deepest_folders_give_way_when_a_path_is_too_long() -> None:
    assert safe_paths(["/".join([*"12345", "n.txt"]).replace("5", "5" * 255)])[0].startswith(
        "1/2/3/4/5"
    )
    deep = "/".join(letter * 250 for letter in "abcdef") + "/name.txt"
    assert safe_paths([deep]) == ["/".join(letter * 250 for letter in "abcd") + "/name.txt"]


def test_twenty_thousand_equal_names_are_told_apart_quickly() -> None:
    assert len(set(safe_paths(["name.txt"] * 20_000))) == 20_000
