"""Exit code 0 when the process on $PORT of this machine answers `/info/health` with 200.

Standard library only: it runs every few seconds, in images without curl.
"""

import http.client
import os
import sys

TIMEOUT_SECONDS = 4


def is_healthy(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("GET", "/info/health")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_healthy(int(os.environ.get("PORT", "8000"))) else 1)
