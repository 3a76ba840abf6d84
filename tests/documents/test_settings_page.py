"""The page of the settings says what the code reads: no name and no default of its own."""

import copy

import pytest

from deploy.docs_site import settings_page
from deploy.docs_site.settings_page import default_in_words, generated


@pytest.fixture(scope="module")
def as_read() -> dict:
    return settings_page.as_read_by_the_code()


@pytest.fixture
def read(as_read: dict) -> dict:
    return copy.deepcopy(as_read)


@pytest.fixture
def words() -> dict:
    return settings_page.sentences()


@pytest.fixture(scope="module")
def page() -> str:
    return settings_page.PAGE.read_text()


def test_the_page_is_what_the_code_and_the_sentences_make(page: str, read: dict, words: dict):
    made = generated(page, read, words)
    assert made == page, "run: python -m deploy.docs_site.settings_page"


@pytest.mark.parametrize(
    ("name", "default", "row"),
    [
        ("PORT", "9000", "| `PORT` | `9000` | port to listen on |"),
        ("SGRAPH_SEND__MAX_RAW_BYTES", str(3 * 2**30), "| `SGRAPH_SEND__MAX_RAW_BYTES` | 3 GiB |"),
        ("SGRAPH_SEND__MAX_EXPIRY_SECONDS", "86400", "| `SGRAPH_SEND__MAX_EXPIRY_SECONDS` | 1 day"),
    ],
)
def test_another_default_in_the_code_is_another_row(
    page: str, read: dict, words: dict, name: str, default: str, row: str
):
    read["defaults"][name] = default
    assert row not in page
    assert row in generated(page, read, words)


def test_another_rate_in_the_code_is_another_row(page: str, read: dict, words: dict):
    read["rates"]["create"] = "61/m"
    assert "| create | 61/m |" in generated(page, read, words)


def test_a_setting_without_a_sentence_and_a_sentence_without_a_setting_stop_it(
    page: str, read: dict, words: dict
):
    read["defaults"]["SGRAPH_SEND__NEW"] = ""
    with pytest.raises(ValueError, match="SGRAPH_SEND__NEW"):
        generated(page, read, words)
    del read["defaults"]["SGRAPH_SEND__NEW"], read["defaults"]["PORT"]
    with pytest.raises(ValueError, match="PORT"):
        generated(page, read, words)


def test_a_rule_without_a_sentence_stops_it(page: str, read: dict, words: dict):
    read["rates"]["new_rule"] = "1/m"
    with pytest.raises(ValueError, match="new_rule"):
        generated(page, read, words)


def test_a_table_that_the_page_lost_stops_it(page: str, read: dict, words: dict):
    with pytest.raises(ValueError, match="What it costs"):
        generated(page.replace("<!-- settings: What it costs -->", ""), read, words)


@pytest.mark.parametrize(
    ("name", "default", "words", "shown"),
    [
        ("ANY", "", "", "none"),
        ("ANY", "", "AWS", "AWS"),
        ("ANY", "sqlite:///DATA/db.sqlite3", "in the data folder", "in the data folder"),
        ("ANY", "json", "`text` on a terminal, else `json`", "`text` on a terminal, else `json`"),
        ("ANY_SECONDS", "0", "", "`0`"),
        ("ANY_SECONDS", "90", "", "`90`"),
        ("ANY_SECONDS", "604800", "", "7 days"),
        ("ANY_BYTES", "1000", "", "`1000`"),
    ],
)
def test_defaults_are_shown_as_people_read_them(name: str, default: str, words: str, shown: str):
    assert default_in_words(name, default, words) == shown


@pytest.mark.parametrize(("default", "words"), [("60", "never"), ("DATA/static", "")])
def test_words_hide_no_default_and_no_path_of_this_machine_is_shown(default: str, words: str):
    with pytest.raises(ValueError, match="ANY"):
        default_in_words("ANY", default, words)
