"""Runs of the two bucket commands, and one bucket broken in one way."""

import io
import json
from collections.abc import Callable
from dataclasses import dataclass

import boto3
from django.core.management import CommandError, call_command

ORIGINS = ["https://partner.example", "https://send.example"]
RULES = [
    "bucket",
    "public-access",
    "ownership",
    "encryption",
    "tls-only",
    "cors",
    "lifecycle",
    "versioning",
    "replication",
    "object-lock",
]
READS = {
    "public-access": "get_public_access_block",
    "ownership": "get_bucket_ownership_controls",
    "encryption": "get_bucket_encryption",
    "tls-only": "get_bucket_policy",
    "cors": "get_bucket_cors",
    "lifecycle": "get_bucket_lifecycle_configuration",
    "versioning": "get_bucket_versioning",
    "replication": "get_bucket_replication",
    "object-lock": "get_object_lock_configuration",
}


@dataclass(frozen=True)
class Run:
    """`code` is what the process would exit with."""

    code: int
    text: str
    error: str

    @property
    def results(self) -> dict[str, str]:
        """Of an audit with --json: the result of each rule."""
        return {row["rule"]: row["result"] for row in json.loads(self.text)["rules"]}

    @property
    def red(self) -> list[str]:
        return [rule for rule, result in self.results.items() if result == "fail"]

    def found(self, rule: str) -> str:
        return next(row["found"] for row in json.loads(self.text)["rules"] if row["rule"] == rule)

    def outcome(self, rule: str) -> str:
        """Of a provisioning: the line of a rule, in words."""
        line = next(line for line in self.text.splitlines() if line.split()[0] == rule)
        return " ".join(line.split()[1:])


def run(command: str, *arguments: str) -> Run:
    out = io.StringIO()
    try:
        call_command(command, *arguments, stdout=out)
    except CommandError as exc:
        return Run(exc.returncode, out.getvalue(), str(exc))
    return Run(0, out.getvalue(), "")


def audit(*arguments: str) -> Run:
    return run("audit_bucket", "--json", *arguments)


def provision(*arguments: str) -> Run:
    return run("provision_bucket", *arguments)


@dataclass(frozen=True)
class Service:
    """A service that is asked behind the commands' back, and the bucket that they shall use."""

    kind: str
    client: "boto3.client"
    bucket: str

    def call(self, verb: str, **parameters) -> dict:
        return getattr(self.client, verb)(Bucket=self.bucket, **parameters)

    def everything(self) -> dict[str, object]:
        """All that is set on the bucket, as the service tells it."""
        return {verb: self._told(verb) for verb in READS.values()}

    def statements(self) -> list[dict]:
        return json.loads(self.call("get_bucket_policy")["Policy"])["Statement"]

    def write_statements(self, statements: list[dict]) -> None:
        policy = {"Version": "2012-10-17", "Statement": statements}
        self.call("put_bucket_policy", Policy=json.dumps(policy))

    def lifecycle_rules(self) -> list[dict]:
        return self.call("get_bucket_lifecycle_configuration")["Rules"]

    def write_lifecycle_rules(self, rules: list[dict]) -> None:
        self.call("put_bucket_lifecycle_configuration", LifecycleConfiguration={"Rules": rules})

    def _told(self, verb: str) -> object:
        try:
            answer = self.call(verb)
        except self.client.exceptions.ClientError as exc:
            return exc.response["Error"]["Code"]
        return {key: value for key, value in answer.items() if key != "ResponseMetadata"}


Break = Callable[[Service], None]


def _public_access(**blocks: bool) -> Break:
    names = "BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"
    return lambda service: service.call(
        "put_public_access_block",
        PublicAccessBlockConfiguration={name: blocks.get(name, True) for name in names},
    )


def _call(verb: str, **parameters) -> Break:
    return lambda service: service.call(verb, **parameters)


def _policy(**changes: object) -> Break:
    return lambda service: service.write_statements(
        [{**statement, **changes} for statement in service.statements()]
    )


def _policy_for_one_key(service: Service) -> None:
    _policy(Resource=f"arn:aws:s3:::{service.bucket}/transfers/one")(service)


def _cors(**changes: object) -> Break:
    def break_it(service: Service) -> None:
        (rule,) = service.call("get_bucket_cors")["CORSRules"]
        service.call("put_bucket_cors", CORSConfiguration={"CORSRules": [{**rule, **changes}]})

    return break_it


def _second_cors_rule(service: Service) -> None:
    rules = service.call("get_bucket_cors")["CORSRules"]
    rules.append({"AllowedOrigins": ["*"], "AllowedMethods": ["GET"]})
    service.call("put_bucket_cors", CORSConfiguration={"CORSRules": rules})


def _lifecycle(action: str, **changes: object) -> Break:
    return lambda service: service.write_lifecycle_rules(
        [{**rule, **(changes if action in rule else {})} for rule in service.lifecycle_rules()]
    )


def _without_lifecycle(action: str) -> Break:
    return lambda service: service.write_lifecycle_rules(
        [rule for rule in service.lifecycle_rules() if action not in rule]
    )


ABORT = "AbortIncompleteMultipartUpload"
_ON_MONDAYS = {
    "Bool": {"aws:SecureTransport": "false"},
    "StringEquals": {"aws:PrincipalTag/day": "monday"},
}
_BY_UPLOADER = {"Rules": [{"ObjectOwnership": "ObjectWriter"}]}
# What is broken, the rule that must turn red, and how it is done.
ON_AWS_ONLY: list[tuple[str, str, Break]] = [
    ("no public access block", "public-access", _call("delete_public_access_block")),
    ("public ACLs let in", "public-access", _public_access(BlockPublicAcls=False)),
    ("public ACLs heeded", "public-access", _public_access(IgnorePublicAcls=False)),
    ("public policies let in", "public-access", _public_access(BlockPublicPolicy=False)),
    ("public buckets let in", "public-access", _public_access(RestrictPublicBuckets=False)),
    ("no ownership", "ownership", _call("delete_bucket_ownership_controls")),
]
ANYWHERE: list[tuple[str, str, Break]] = [
    ("owner by upload", "ownership", _call("put_bucket_ownership_controls",
                                           OwnershipControls=_BY_UPLOADER)),
    ("no encryption", "encryption", _call("delete_bucket_encryption")),
    ("no policy", "tls-only", _call("delete_bucket_policy")),
    ("policy for reading only", "tls-only", _policy(Action="s3:GetObject")),
    ("policy for one key", "tls-only", _policy_for_one_key),
    ("policy with a second condition", "tls-only",
     _policy(Condition=_ON_MONDAYS)),
    ("no CORS", "cors", _call("delete_bucket_cors")),
    ("CORS for everybody", "cors", _cors(AllowedOrigins=["*"])),
    ("CORS for one more origin", "cors", _cors(AllowedOrigins=[*ORIGINS, "https://evil.example"])),
    ("CORS for one origin less", "cors", _cors(AllowedOrigins=ORIGINS[:1])),
    ("CORS with deletion", "cors", _cors(AllowedMethods=["GET", "HEAD", "PUT", "DELETE"])),
    ("CORS without uploads", "cors", _cors(AllowedMethods=["GET", "HEAD"])),
    ("CORS that hides the ETag", "cors", _cors(ExposeHeaders=["Content-Range"])),
    ("a second CORS rule", "cors", _second_cors_rule),
    ("no lifecycle", "lifecycle", _call("delete_bucket_lifecycle")),
    ("no expiry", "lifecycle", _without_lifecycle("Expiration")),
    ("no end of uploads", "lifecycle", _without_lifecycle(ABORT)),
    ("late expiry", "lifecycle", _lifecycle("Expiration", Expiration={"Days": 400})),
    ("early expiry", "lifecycle", _lifecycle("Expiration", Expiration={"Days": 1})),
    ("expiry switched off", "lifecycle", _lifecycle("Expiration", Status="Disabled")),
    ("expiry elsewhere", "lifecycle", _lifecycle("Expiration", Filter={"Prefix": "else/"})),
    ("late end of uploads", "lifecycle", _lifecycle(ABORT, **{ABORT: {"DaysAfterInitiation": 30}})),
]  # fmt: skip
