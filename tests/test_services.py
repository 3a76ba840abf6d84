"""The real parts that other tests stand on."""

import redis
from django.db import connection

from harness.postgres import Postgres
from harness.redis_server import Redis
from harness.seaweed import SeaweedS3


def test_s3_keeps_what_it_acknowledged_across_a_restart(own_seaweed: SeaweedS3):
    client = own_seaweed.client()
    client.create_bucket(Bucket="kept")
    client.put_object(Bucket="kept", Key="k", Body=b"sealed")
    own_seaweed.stop()
    own_seaweed.start()
    assert client.get_object(Bucket="kept", Key="k")["Body"].read() == b"sealed"


def test_redis_answers_on_its_url(redis_server: Redis):
    with redis.Redis.from_url(redis_server.url) as client:
        client.set("k", "v")
        assert client.get("k") == b"v"


def test_databases_of_two_tests_are_apart(postgres: Postgres):
    first, second = postgres.new_database("apart_1"), postgres.new_database("apart_2")
    assert first != second


def test_django_talks_to_postgres_when_asked(on_postgres: str):
    assert connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("select count(*) from transfers_transfer")
        assert cursor.fetchone() == (0,)


def test_the_site_starts_answers_and_ends_cleanly(start_site):
    site = start_site()
    assert "ready on" in site.log
    assert site.stop() == 0
