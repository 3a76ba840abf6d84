"""One sentence for every column of every table: what it holds, for people.

`tests/api/test_transparency.py` compares this with the models, both ways.
"""

TITLES = {
    "Transfer": ("The transfer", "One row for each transfer."),
    "SealedManifest": ("The sealed list of files", "One row for each sealed transfer."),
    "Lease": ("Downloads", "One row for each download that was counted; erased with the transfer."),
    "TransferEvent": (
        "What happened",
        "One row for each step, for its sender to see; erased with the transfer.",
    ),
    "AddressSalt": (
        "Keys of address hashes",
        "One row a day, destroyed 48 hours after its day began.",
    ),
    "LogKey": (
        "Key of the log",
        "One row in all. At midnight (UTC) its key is replaced by its own hash.",
    ),
    "AccessToken": (
        "Access tokens",
        "One row for each right to upload that the operator issued.",
    ),
    "AbuseReport": (
        "Reports of misuse",
        "One row for each report that somebody sends; it outlives the transfer.",
    ),
    "BlockedPayload": ("Blocked contents", "One row for each content that an operator blocked."),
    "HourlyFigure": (
        "Totals by the hour",
        "Sums over all transfers; no transfer can be read from them.",
    ),
    "Gauge": ("Measured values", "The latest values of the service as a whole."),
    "PageVisits": ("Visits by the day", "Sums of page views; no visitor can be read from them."),
    "TokenUse": (
        "Use of access tokens by the day",
        "Sums for each access token; no transfer can be read from them.",
    ),
    "WaitlistEntry": ("The waiting list", "One row for each mail address left there on purpose."),
}

# The tables whose rows belong to one transfer, or to the hashes in them.
OF_TRANSFERS = {"Transfer", "SealedManifest", "Lease", "TransferEvent", "AddressSalt"}

SENTENCES: dict[str, dict[str, tuple[str, str]]] = {
    "Transfer": {
        "id": ("Identifier", "The random part of the address of its pages."),
        "kind": ("Kind", "Sealed by a page or client, or raw bytes of a script."),
        "state": ("State", "How far it is, from begun to deleted."),
        "reason": ("Reason", "Why it ended, once it has."),
        "file_size_bytes": ("Size", "How large the files are together, as the sender's page said."),
        "payload_bytes": ("Sealed bytes", "How many bytes lie in the store."),
        "part_bytes": ("Bytes of a part", "How large a sealed part is."),
        "content_type_hint": ("Type", "What a script called a raw upload; sealed ones have none."),
        "envelope": (
            "Envelope",
            "A random salt, and how costly the passphrase is to try; neither key nor passphrase.",
        ),
        "link_proof_hash": (
            "Hash of the link's proof",
            "Lets the server tell a right key without knowing it.",
        ),
        "proof_hash": (
            "Hash of the whole proof",
            "The same for key and passphrase together.",
        ),
        "owner_token_hash": (
            "Hash of the owner token",
            "Lets the server know the sender's manage link without keeping it.",
        ),
        "store": ("Store", "Which kind of store holds the sealed bytes."),
        "bucket": ("Place in the store", "The name of the bucket or folder."),
        "multipart_id": ("Handle of the upload", "What the store called the upload."),
        "expires_in_seconds": ("Life asked for", "In seconds, as the sender asked at first."),
        "max_downloads": (
            "Downloads allowed",
            "How often it may be downloaded; none means no limit.",
        ),
        "download_count": ("Downloads counted", "How often a download was started."),
        "leased_until": (
            "Being downloaded until",
            "When the last download that has begun must have ended; it is not deleted before.",
        ),
        "access_token": (
            "Access token used",
            "Whether one of the operator's tokens was used, and which one its operator can see.",
        ),
        "proof_failures": ("Wrong passphrases", "How many were tried lately with the right key."),
        "proofs_refused_until": ("Pause after these", "Until when no passphrase is tried."),
        "notice": ("Notice", "What an operator says to visitors of a transfer taken down."),
        "created_at": ("Begun", "When the upload began."),
        "touched_at": ("Last step", "When the upload last went on."),
        "expires_at": ("Expires", "Until when a download may start."),
        "completed_at": ("Sealed", "When the upload was complete."),
        "closed_at": ("Closed", "When its deletion began."),
        "deleted_at": ("Deleted", "When the store was seen to hold nothing of it."),
        "found_absent": ("Looked for", "What was looked for then, and not found."),
    },
    "SealedManifest": {
        "id": ("Number", "A running number."),
        "transfer": ("Transfer", "Which transfer it belongs to."),
        "sealed": (
            "Names and sizes, sealed",
            "Encrypted by the sender's browser; only readers with the key open it.",
        ),
    },
    "Lease": {
        "id": ("Number", "A running number."),
        "transfer": ("Transfer", "Which transfer is downloaded."),
        "token_hash": (
            "Hash of a random token",
            "Drawn by the reader's browser, so that a broken-off download can go on.",
        ),
        "created_at": ("Started", "When the download was counted."),
        "expires_at": ("May go on until", "When it ends if the reader does not come back."),
        "finished_at": ("Finished", "When the reader's page said that everything was saved."),
    },
    "TransferEvent": {
        "id": ("Number", "A running number."),
        "transfer": ("Transfer", "Which transfer it happened to."),
        "kind": ("What", "Which step: sealed, downloaded, changed, to be deleted."),
        "at": ("When", "The time of the step."),
        "address_hash": (
            "Hash of an address",
            "For the start of a download only: the reader's network address, mixed with a key of "
            "the day. When the key is destroyed, after 48 hours, nobody can tell whose it was.",
        ),
    },
    "AddressSalt": {
        "day": ("Day", "The day (UTC) whose hashes were made with it."),
        "salt": ("Key", "Random bytes that no address hash can be checked without."),
    },
    "LogKey": {
        "id": ("Number", "Always 1."),
        "day": ("Day", "The day (UTC) that the key is for."),
        "key": ("Key", "Random bytes that no address in the log can be checked without."),
    },
    "AccessToken": {
        "id": ("Number", "A running number."),
        "name": ("Name", "What the operator calls it."),
        "prefix": ("Beginning", "Its first characters, so that it can be told from others."),
        "token_hash": ("Hash", "Lets the server know the token without keeping it."),
        "issued_by": ("Issued by", "Which operator made it."),
        "max_transfers": ("Transfers allowed", "How many uploads it is good for."),
        "max_total_bytes": ("Bytes allowed", "How much it is good for in all."),
        "max_transfer_bytes": ("Bytes of one transfer", "How much a single upload may have."),
        "max_expiry_seconds": ("Longest life", "How long its transfers may live."),
        "rate": ("Rate", "How often it may begin an upload."),
        "expires_at": ("Valid until", "When it stops working."),
        "revoked_at": ("Revoked", "When the operator ended it."),
        "transfer_count": ("Transfers used", "How many uploads were begun with it."),
        "total_bytes": ("Bytes used", "How much was announced with it."),
        "created_at": ("Made", "When it was issued."),
        "last_used_at": ("Last used", "When an upload was last begun with it."),
    },
    "AbuseReport": {
        "id": ("Number", "A running number."),
        "transfer_id": ("Transfer", "Which transfer is reported."),
        "reason": ("Reason", "What the reporter chose."),
        "words": ("Words", "What the reporter wrote."),
        "contact": (
            "Contact",
            "How to reach the reporter, if they said so; erased when the report is closed.",
        ),
        "disclosed_key": (
            "Key",
            "Only if the reporter chose to show it; erased when the report is closed.",
        ),
        "address_hash": (
            "Hash of an address",
            "Made as that of a download is, and as short-lived.",
        ),
        "created_at": ("Received", "When the report came."),
        "state": ("State", "Whether an operator has decided."),
        "closed_at": ("Closed", "When an operator decided."),
        "closed_by": ("Closed by", "Which operator decided."),
    },
    "BlockedPayload": {
        "id": ("Number", "A running number."),
        "payload_sha256": (
            "Hash of sealed bytes",
            "Knows the same sealed bytes again, nothing else.",
        ),
        "beginning_sha256": (
            "Hash of their beginning",
            "Tells by the first 64 KiB that other bytes are others.",
        ),
        "payload_bytes": ("Sealed bytes", "How many there are."),
        "transfer_id": ("Transfer", "Where they were."),
        "created_at": ("Blocked", "When an operator blocked them."),
        "blocked_by": ("Blocked by", "Which operator did."),
    },
    "HourlyFigure": {
        "id": ("Number", "A running number."),
        "hour": ("Hour", "Which hour."),
        "name": ("Name", "What was counted, such as completed uploads."),
        "shard": ("Share", "Which of several parallel counters."),
        "value": ("Sum", "How many."),
    },
    "Gauge": {
        "name": ("Name", "What was measured, such as free space."),
        "value": ("Value", "The last one."),
        "measured_at": ("When", "When it was measured."),
    },
    "PageVisits": {
        "id": ("Number", "A running number."),
        "day": ("Day", "Which day."),
        "page": ("Page", "Which kind of page, never which transfer."),
        "referring_site": ("Coming from", "The name of the site that linked here."),
        "count": ("Sum", "How often."),
    },
    "TokenUse": {
        "id": ("Number", "A running number."),
        "access_token": ("Access token", "Which one was used."),
        "day": ("Day", "Which day."),
        "transfer_count": ("Transfers", "How many uploads were begun with it."),
        "total_bytes": ("Bytes", "How much was announced with it."),
    },
    "WaitlistEntry": {
        "id": ("Number", "A running number."),
        "email": ("Mail address", "As it was left."),
        "words": ("Words", "What was written with it."),
        "created_at": ("Left", "When."),
        "invited_at": ("Invited", "When an access token was issued for it."),
        "access_token": ("Access token", "Which one that is."),
    },
}
