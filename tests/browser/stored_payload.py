"""A transfer's ciphertext in the store itself, read and replaced behind the site's back."""

from harness.live_site import LiveSite
from harness.seaweed import SeaweedS3
from tests.browser import at_rest


class LocalPayload:
    """Parts as files of a site's local store."""

    def __init__(self, site: LiveSite, transfer_id: str) -> None:
        objects = site.data_folder / "store" / "objects"
        self._folder = next(objects.glob(f"*/{transfer_id}"))
        self._part_bytes = (self._folder / "00000").stat().st_size

    def read(self) -> bytes:
        return b"".join(at_rest.all_files(self._folder))

    def write(self, payload: bytes) -> None:
        """Cut into files as the parts were; what a shorter payload leaves over is removed."""
        for path in self._folder.iterdir():
            path.unlink()
        for index, start in enumerate(range(0, len(payload), self._part_bytes)):
            part = payload[start : start + self._part_bytes]
            (self._folder / f"{index:05d}").write_bytes(part)


class S3Payload:
    """One object of a bucket."""

    def __init__(self, seaweed: SeaweedS3, bucket: str, transfer_id: str) -> None:
        self._client = seaweed.client()
        listed = self._client.list_objects_v2(Bucket=bucket)["Contents"]
        key = next(found["Key"] for found in listed if transfer_id in found["Key"])
        self._object = {"Bucket": bucket, "Key": key}

    def read(self) -> bytes:
        return self._client.get_object(**self._object)["Body"].read()

    def write(self, payload: bytes) -> None:
        self._client.put_object(**self._object, Body=payload)
