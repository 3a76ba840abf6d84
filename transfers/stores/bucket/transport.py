"""Requests without TLS are refused, and the statement that does it never shuts us out."""

import time

from transfers.stores.base import StoreUnavailable
from transfers.stores.bucket import policy
from transfers.stores.bucket.rule import Finding, Rule, passed, repairable, unsupported
from transfers.stores.bucket.service import Bucket, Document, NotSupported, Refused, ask

SID = "SgraphSendTlsOnly"
CONTROL_KEY, TLS_KEY = "policy-probe/always", "policy-probe/tls"
TRIES, PAUSE_SECONDS = 10, 0.5


class TlsOnly(Rule):
    name = "tls-only"

    def check(self, bucket: Bucket) -> Finding:
        document = policy.read(bucket)
        statements = document["Statement"]
        wanted = _deny(bucket, [bucket.arn, f"{bucket.arn}/*"])
        if any(policy.says_the_same(statement, wanted) for statement in statements):
            return passed("a policy statement refuses requests without TLS")
        for address in (bucket.endpoint_url, bucket.public_url):
            if address and not address.startswith("https://"):
                return unsupported(f"{address} has no TLS; the statement would shut everybody out")
        # Also what a trial left that was cut short.
        kept = [one for one in statements if not one.get("Sid", "").startswith(SID)]
        found = "our statement was altered" if len(kept) < len(statements) else "no such statement"
        return repairable(found, lambda: self._write(bucket, document, kept, wanted))

    def _write(
        self, bucket: Bucket, document: Document, kept: list[Document], wanted: Document
    ) -> None:
        if bucket.endpoint_url:
            self._try_out(bucket, document, kept)
        policy.write(bucket, document, [*kept, wanted])

    def _try_out(self, bucket: Bucket, document: Document, kept: list[Document]) -> None:
        """Refuse two keys that nobody uses, one of them only without TLS, and look at the answers.

        Behind a proxy that ends TLS a service may take every request for plain HTTP. The whole
        statement would then lock out its own author, who could not remove it any more.
        """
        always = {**_deny(bucket, f"{bucket.arn}/{CONTROL_KEY}"), "Sid": f"{SID}Control"}
        del always["Condition"]
        probe = {**_deny(bucket, f"{bucket.arn}/{TLS_KEY}"), "Sid": f"{SID}Probe"}
        policy.write(bucket, document, [*kept, always, probe])
        try:
            for client in (bucket.client, bucket.public_client):
                _wait_until_refused(client, bucket.name)
                if _refuses(client, bucket.name, TLS_KEY):
                    raise NotSupported(
                        "the service takes our HTTPS requests for plain HTTP (a proxy ends TLS "
                        "before it); the statement would shut everybody out"
                    )
        except StoreUnavailable as exc:
            raise NotSupported(f"the statement could not be tried out ({exc})") from exc
        finally:
            policy.write(bucket, document, kept)


def _deny(bucket: Bucket, resource: str | list[str]) -> Document:
    return {
        "Sid": SID,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": resource,
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def _wait_until_refused(client: object, bucket_name: str) -> None:
    """A policy takes effect some time after it was taken; raises NotSupported if it never does."""
    for _ in range(TRIES):
        if _refuses(client, bucket_name, CONTROL_KEY):
            return
        time.sleep(PAUSE_SECONDS)
    raise NotSupported("the service takes a policy and does not act by it")


def _refuses(client: object, bucket_name: str, key: str) -> bool:
    try:
        ask(client, "head_object", absent={"404", "NoSuchKey"}, Bucket=bucket_name, Key=key)
    except Refused:
        return True
    return False
