"""`manage.py check --deploy` has nothing to say about a site that is set up for production."""

import pytest

from harness.live_site import LiveSite

PRODUCTION = {
    "SGRAPH_SEND__PUBLIC_URL": "https://send.example",
    "SGRAPH_SEND__TRUSTED_PROXIES": "127.0.0.1",
    "SGRAPH_SEND__UPLOAD_ACCESS": "token",
    "SGRAPH_SEND__ACCESS_TOKEN": "a-token-that-was-made-at-random-0123456789",
}
S3 = {
    "SGRAPH_SEND__STORE": "s3",
    "SGRAPH_SEND__S3_BUCKET": "transfers",
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
}
SEVERAL = {
    "SGRAPH_SEND__PROCESSES": "4",
    "DATABASE_URL": "postgresql://send@db.example/send",
    "REDIS_URL": "redis://cache.example:6379/0",
}


def deploy_check(tmp_path, **settings: str):
    site = LiveSite(tmp_path, PRODUCTION | settings)
    migrated = site.manage("migrate") if "DATABASE_URL" not in settings else None
    assert migrated is None or migrated.returncode == 0, migrated.stderr
    return site.manage("check", "--deploy", "--fail-level", "WARNING")


@pytest.mark.parametrize(
    "chosen",
    [
        {},
        S3,
        {"SGRAPH_SEND__ROLE": "user"},
        {"SGRAPH_SEND__ROLE": "admin"},
        {"SGRAPH_SEND__HSTS": "preload"},
    ],
    ids=["local", "s3", "user", "admin", "preload"],
)
def test_a_production_site_has_no_warnings(tmp_path, chosen):
    checked = deploy_check(tmp_path, **chosen)
    assert checked.returncode == 0, checked.stderr
    assert "no issues" in checked.stdout


def test_several_processes_have_no_warnings(tmp_path):
    checked = deploy_check(tmp_path, **SEVERAL)
    assert checked.returncode == 0, checked.stderr


def test_a_site_without_https_is_warned(tmp_path):
    checked = deploy_check(tmp_path, SGRAPH_SEND__PUBLIC_URL="http://localhost:8000")
    assert checked.returncode != 0
    for identifier in ("security.W004", "security.W008", "security.W010"):
        assert identifier in checked.stderr
