"""Vectors of what the format admits as text: b64u, envelopes, keys as pasted, and numbers."""

from typing import Any

from sgraph_send.client.format import (
    encode_b64u,
    manage_link,
    padme_padding,
    part_count,
    part_length,
    part_size_for,
    payload_length,
    sealed_part_offset,
    transfer_link,
    write_envelope,
)
from tests.vectors.case import DAMAGED, OK, UNSUPPORTED, WRONG_KEY, Cases, case, drawn

SALT = drawn("kdf salt", 16)
SECRET = drawn("secret", 32)
ID = "0aB1cD2eF3gH4iJ5kL6mN7"


def b64u_cases() -> Cases:
    """Decoding of b64u."""
    key, salt = encode_b64u(SECRET), encode_b64u(SALT)
    for scenario, data in {
        "32 bytes": SECRET,
        "16 bytes": SALT,
        "no bytes": b"",
        "one byte": b"\xff",
    }.items():
        yield case("b64u", scenario, OK, {"text": encode_b64u(data)}, {"bytes": data.hex()})
    refused = {
        "trailing bits set after 32 bytes": key[:-1] + "_",
        "trailing bits set after 16 bytes": salt[:-1] + "_",
        "padded": key + "=",
        "leading space": " " + key,
        "final line ending": key + "\n",
        "plus sign": "+" + key[1:],
        "slash": "/" + key[1:],
        "letter outside ascii": "ä" + key[1:],
        "impossible length": key + "AA",
        "nul": key[:-1] + "\0",
    }
    for scenario, text in refused.items():
        yield case("b64u", scenario, DAMAGED, {"text": text})
    yield case(
        "b64u", "31 bytes for 32", DAMAGED, {"text": encode_b64u(SECRET[:31]), "length_bytes": 32}
    )
    yield case(
        "b64u", "33 bytes for 32", DAMAGED, {"text": encode_b64u(SECRET + b"x"), "length_bytes": 32}
    )


def envelope_cases() -> Cases:
    """Reading and writing of envelopes."""
    salt = encode_b64u(SALT)
    for scenario, with_passphrase in {"without passphrase": False, "with passphrase": True}.items():
        given = {"salt": SALT.hex(), "with_passphrase": with_passphrase}
        text = write_envelope(SALT, with_passphrase=with_passphrase)
        yield case("write envelope", scenario, OK, given, {"text": text})
    for scenario, (text, costs) in _good_envelopes(salt).items():
        output = {"salt": SALT.hex(), "argon2id": costs}
        yield case("read envelope", scenario, OK, {"text": text}, output)
    for scenario, text in _unsupported_envelopes(salt).items():
        yield case("read envelope", scenario, UNSUPPORTED, {"text": text})
    for scenario, text in _damaged_envelopes(salt).items():
        yield case("read envelope", scenario, DAMAGED, {"text": text})


def _with_costs(salt: str, costs: str) -> str:
    return f'{{"v":1,"kdf":{{"salt":"{salt}","argon2id":{costs}}}}}'


def _good_envelopes(salt: str) -> dict[str, tuple[str, Any]]:
    plain = f'{{"v":1,"kdf":{{"salt":"{salt}"}}}}'
    return {
        "without passphrase": (plain, None),
        "lowest costs": (
            _with_costs(salt, '{"m":65536,"t":3,"p":1}'),
            {"m": 65536, "t": 3, "p": 1},
        ),
        "highest costs": (
            _with_costs(salt, '{"m":262144,"t":8,"p":1}'),
            {"m": 262144, "t": 8, "p": 1},
        ),
        "other order and white space": (
            f'{{ "kdf" : {{ "salt" : "{salt}" }} ,\r\n\t"v" : 1 }}',
            None,
        ),
        "exactly 1024 bytes": (plain + " " * (1024 - len(plain)), None),
    }


def _unsupported_envelopes(salt: str) -> dict[str, str]:
    return {
        "unsupported version": f'{{"v":2,"kdf":{{"salt":"{salt}"}}}}',
        "unsupported version of another shape": '{"v":2,"suite":"x"}',
        "unknown member": f'{{"v":1,"kdf":{{"salt":"{salt}"}},"x":1}}',
        "unknown member in kdf": f'{{"v":1,"kdf":{{"salt":"{salt}","x":1}}}}',
        "unknown member in argon2id": _with_costs(salt, '{"m":65536,"t":3,"p":1,"x":1}'),
        "m below the range": _with_costs(salt, '{"m":65535,"t":3,"p":1}'),
        "m above the range": _with_costs(salt, '{"m":262145,"t":3,"p":1}'),
        "m negative": _with_costs(salt, '{"m":-65536,"t":3,"p":1}'),
        "t below the range": _with_costs(salt, '{"m":65536,"t":2,"p":1}'),
        "t above the range": _with_costs(salt, '{"m":65536,"t":9,"p":1}'),
        "p of zero": _with_costs(salt, '{"m":65536,"t":3,"p":0}'),
        "p of two": _with_costs(salt, '{"m":65536,"t":3,"p":2}'),
    }


def _damaged_envelopes(salt: str) -> dict[str, str]:
    plain = f'{{"v":1,"kdf":{{"salt":"{salt}"}}}}'
    return {
        "no json": "v=1",
        "nothing": "",
        "cut short": plain[:-1],
        "text after the json": plain + "x",
        "an array": f"[{plain}]",
        "1025 bytes": plain + " " * (1025 - len(plain)),
        "letter outside ascii": plain + "\u00a0",
        "version missing": f'{{"kdf":{{"salt":"{salt}"}}}}',
        "version with a fraction": plain.replace('"v":1', '"v":1.0'),
        "version with an exponent": plain.replace('"v":1', '"v":1e0'),
        "version as a string": plain.replace('"v":1', '"v":"1"'),
        "version true": plain.replace('"v":1', '"v":true'),
        "version nan": plain.replace('"v":1', '"v":NaN'),
        "version twice": plain.replace('"v":1', '"v":1,"v":1'),
        "version twice in different spelling": plain.replace('"v":1', '"v":1,"\\u0076":1'),
        "kdf missing": '{"v":1}',
        "kdf null": '{"v":1,"kdf":null}',
        "kdf an array": f'{{"v":1,"kdf":["{salt}"]}}',
        "salt missing": '{"v":1,"kdf":{}}',
        "salt a number": '{"v":1,"kdf":{"salt":1}}',
        "salt twice": f'{{"v":1,"kdf":{{"salt":"{salt}","salt":"{salt}"}}}}',
        "salt of 15 bytes": plain.replace(salt, encode_b64u(SALT[:15])),
        "salt of 17 bytes": plain.replace(salt, encode_b64u(SALT + b"x")),
        "salt padded": plain.replace(salt, salt + "=="),
        "salt with trailing bits": plain.replace(salt, salt[:-1] + "_"),
        "argon2id null": _with_costs(salt, "null"),
        "m missing": _with_costs(salt, '{"t":3,"p":1}'),
        "m with a fraction": _with_costs(salt, '{"m":65536.0,"t":3,"p":1}'),
        "m with an exponent": _with_costs(salt, '{"m":65536e0,"t":3,"p":1}'),
        "m as a string": _with_costs(salt, '{"m":"65536","t":3,"p":1}'),
        "m with a leading zero": _with_costs(salt, '{"m":065536,"t":3,"p":1}'),
        "p true": _with_costs(salt, '{"m":65536,"t":3,"p":true}'),
        "t twice": _with_costs(salt, '{"m":65536,"t":3,"t":3,"p":1}'),
    }


def key_cases() -> Cases:
    """What a person may paste as the key."""
    key = encode_b64u(SECRET)
    origin = "https://send.example"
    good = {
        "bare": key,
        "after a number sign": "#" + key,
        "whole link": transfer_link(origin, ID, SECRET),
        "white space around": f" \t{key}\r\n",
        "link that a mailer added to": f"{origin}/d/{ID}?from=mail#{key}",
    }
    for scenario, text in good.items():
        yield case("key", scenario, OK, {"text": text}, {"secret": SECRET.hex()})
    refused = {
        "nothing": "",
        "link without its key": transfer_link(origin, ID),
        "manage link": manage_link(origin, ID, SECRET),
        "cut short": key[:-1],
        "too long": key + "A",
        "trailing bits set": key[:-1] + "_",
        "white space inside": key[:20] + " " + key[20:],
    }
    for scenario, text in refused.items():
        yield case("key", scenario, WRONG_KEY, {"text": text})


def number_cases() -> Cases:
    """Part sizes and Padmé."""
    sizes = [
        0,
        1,
        2**24 - 1,
        2**24,
        2**24 + 1,
        10**9,
        2**37,
        2**37 + 1,
        100 * 2**30,
        2**40 + 1,
        2**52,
    ]
    for size in sizes:
        last = part_count(size) - 1
        output = {
            "part_size": part_size_for(size),
            "parts": part_count(size),
            "last_part_bytes": part_length(size, last),
            "last_part_offset": sealed_part_offset(size, last),
            "payload_bytes": payload_length(size),
        }
        yield case("sizes", f"{size} bytes", OK, {"size": size}, output)
    for total in [
        0,
        1,
        2,
        9,
        17,
        129,
        2**24,
        2**32 - 1,
        2**32,
        4294967297,
        2**40 + 1,
        2**52 + 12345,
    ]:
        yield case("padding", f"{total} bytes", OK, {"total": total}, {"pad": padme_padding(total)})
