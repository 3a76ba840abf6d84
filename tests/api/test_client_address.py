"""Whose call it is: nobody can choose the address that their calls count for."""

import ipaddress

import pytest
from django.test import RequestFactory

from transfers.access.client_address import client_address

PROXY, INNER_PROXY = "10.0.0.5", "10.0.7.7"
CALLER, PRETENDED = "203.0.113.9", "198.51.100.1"


@pytest.fixture(autouse=True)
def proxies(settings):
    settings.TRUSTED_PROXIES = [
        ipaddress.ip_network("10.0.0.0/8"),
        ipaddress.ip_network("fd00::/8"),
    ]


def address_of(peer: str, forwarded: str | None = None, **headers: str) -> str:
    meta = {} if forwarded is None else {"HTTP_X_FORWARDED_FOR": forwarded}
    return client_address(RequestFactory().get("/", REMOTE_ADDR=peer, **meta, **headers))


@pytest.mark.parametrize("forwarded", [None, PRETENDED, f"{PRETENDED}, {PROXY}", "garbage", ""])
def test_a_peer_that_is_no_proxy_is_itself_whatever_it_says(forwarded: str | None):
    assert address_of(CALLER, forwarded) == CALLER


def test_without_trusted_proxies_the_header_is_never_read(settings):
    settings.TRUSTED_PROXIES = []
    assert address_of(PROXY, PRETENDED) == PROXY


def test_what_the_proxy_added_counts_and_what_the_caller_wrote_before_it_does_not():
    assert address_of(PROXY, CALLER) == CALLER
    assert address_of(PROXY, f"{PRETENDED}, {CALLER}") == CALLER
    assert address_of(PROXY, f"{PRETENDED}, 127.0.0.1, {CALLER}, {INNER_PROXY}") == CALLER


@pytest.mark.parametrize(
    "header", ["HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_CLIENT_IP", "HTTP_CF_CONNECTING_IP"]
)
def test_other_headers_that_name_an_address_are_ignored(header: str):
    assert address_of(PROXY, CALLER, **{header: f"for={PRETENDED}"}) == CALLER


@pytest.mark.parametrize(
    "garbage",
    ["unknown", "", "1.2.3", "1.2.3.4:80", "[2001:db8::1]", "<script>", "1.2.3.4 5.6.7.8"],
)
def test_garbage_ends_the_reading_at_the_last_address_that_is_sure(garbage: str):
    assert address_of(PROXY, f"{PRETENDED}, {garbage}") == PROXY
    assert address_of(PROXY, f"{PRETENDED}, {garbage}, {CALLER}") == CALLER
    assert address_of(PROXY, f"{garbage}, {INNER_PROXY}") == INNER_PROXY


def test_an_ipv6_customer_has_one_address_whichever_of_its_2_64_it_uses():
    one, other = "2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff"
    assert address_of(one) == address_of(other) == "2001:db8:1:2::/64"
    assert address_of("fd00::1", other) == "2001:db8:1:2::/64"
    assert address_of("2001:db8:1:3::1") != address_of(one)


def test_an_ipv4_address_in_ipv6_clothes_is_the_same_caller_and_the_same_proxy():
    assert address_of(f"::ffff:{CALLER}") == CALLER
    assert address_of(f"::ffff:{PROXY}", f"{PRETENDED}, ::ffff:{CALLER}") == CALLER


def test_many_hops_are_read_up_to_a_bound_and_fast():
    hops = ", ".join([PRETENDED, *[INNER_PROXY] * 10_000])
    assert address_of(PROXY, hops) == INNER_PROXY


def test_a_socket_file_has_no_address():
    assert address_of("") == ""
    assert address_of("", PRETENDED) == ""
