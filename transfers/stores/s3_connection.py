"""How boto3's clients behave towards a store."""

from botocore.client import Config

# For whoever only asks whether the store is there.
IMPATIENT = Config(connect_timeout=2, read_timeout=2, retries={"total_max_attempts": 1})


def client_config(custom_endpoint: bool) -> Config:
    """On AWS virtual addressing, or presigned URLs meet a redirect; elsewhere path style, and no
    checksums that other stores do not know."""
    return Config(
        s3={"addressing_style": "path" if custom_endpoint else "virtual"},
        signature_version="s3v4",
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
        connect_timeout=5,
        read_timeout=60,
        retries={"mode": "standard", "max_attempts": 3},
        max_pool_connections=64,
    )
