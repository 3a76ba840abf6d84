"""What is kept beside the database's tables, in sentences."""

# Compared with a real line of the log by tests/api/test_transparency.py.
LOG_LINE = {
    "time": "when",
    "level": "how serious",
    "logger": "which part of the program",
    "message": "that it was a request",
    "request_id": "a random number of the request",
    "method": "whether it asked or sent",
    "route": "which kind of call, without the identifier",
    "status": "the number of the answer",
    "duration_ms": "how long it took",
    "bytes_in": "how many bytes came",
    "bytes_out": "how many bytes went",
    "address": "a hash of the caller's address that changes each day",
    "access_token": "the readable beginning of the access token, if one was used",
}

OBJECT_STORE = [
    "One object for each transfer: the sealed bytes, under the transfer's identifier.",
    "The store itself knows how long it is and when it was made. Until the upload is complete it "
    "holds the parts one by one.",
    "Where the store is a service of its own, browsers speak with it directly, and it meets their "
    "addresses. Whether it logs requests is up to whoever runs it.",
]
REQUEST_LOG = [
    f"One line for each call: {', '.join(LOG_LINE.values())}.",
    "No address in the clear, no identifier, no file name, no link, no whole token. The key of the "
    "hash is gone at midnight (UTC).",
]
COUNTERS = [
    "For an hour at most: how often one address called, under a hash of the address with a key of "
    "this installation.",
]
BESIDE: list[dict[str, object]] = [
    {"title": "The object store", "sentences": OBJECT_STORE},
    {"title": "The log of requests", "sentences": REQUEST_LOG},
    {"title": "Counters against misuse", "sentences": COUNTERS},
]
