"""The local store's signed URLs: what S3 does for itself in S3 mode."""

import re

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from transfers import errors
from transfers.api import streams
from transfers.lifecycle import uploads
from transfers.stores import local_urls, open_store
from transfers.stores.base import UploadGone, WrongLength

RANGE = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


@csrf_exempt
@require_http_methods(["PUT"])
def put_part(request: HttpRequest, transfer_id: str, upload_id: str, index: int) -> HttpResponse:
    """Store one part of exactly the signed length."""
    size_bytes = _claim(request, "size")
    where = local_urls.part_path(transfer_id, upload_id, index)
    if not _is_signed(request, where, size=size_bytes):
        raise errors.Forbidden(
            "part_url_wrong", "This upload address is not valid any more. Ask for a fresh one."
        )
    if streams.body_length_bytes(request) != size_bytes:
        raise errors.Invalid("wrong_part_length", f"This part must have {size_bytes} bytes.")
    with streams.receiving_slot(request) as slot:
        if not uploads.is_pending(transfer_id):
            raise uploads.not_pending()
        try:
            part = open_store("local", "").write_part(
                transfer_id,
                upload_id,
                index,
                streams.body_chunks(request, slot),
                size_bytes,
                lambda: uploads.is_pending(transfer_id),
            )
        except WrongLength:
            raise errors.Invalid(
                "wrong_part_length", f"This part must have {size_bytes} bytes."
            ) from None
        except UploadGone:
            raise uploads.not_pending() from None
    return JsonResponse({"status": "stored"}, headers={"ETag": f'"{part.etag}"'})


@require_http_methods(["GET", "HEAD"])
def get_payload(request: HttpRequest, transfer_id: str) -> HttpResponseBase:
    """The object or one range of it, under a URL that a lease gave."""
    if not _is_signed(request, local_urls.payload_path(transfer_id)):
        raise errors.Forbidden("download_url_wrong", "This download address is not valid any more.")
    store = open_store("local", "")
    total_bytes = store.stat(transfer_id)
    if total_bytes is None:
        raise errors.transfer_not_found()
    start, end = _requested_range(request, total_bytes)
    length_bytes = end - start + 1
    content_range = f"bytes {start}-{end}/{total_bytes}" if "Range" in request.headers else None
    if request.method == "HEAD":
        return streams.payload_headers(HttpResponse(), length_bytes, content_range)
    with streams.sending_slot(request) as slot:
        chunks = store.read(transfer_id, start, length_bytes)
        return streams.payload_answer(chunks, length_bytes, slot, content_range)


def _is_signed(request: HttpRequest, where: str, **claims: int) -> bool:
    signature = request.GET.get("signature", "")
    return local_urls.is_valid(where, signature, until=_claim(request, "until"), **claims)


def _claim(request: HttpRequest, name: str) -> int:
    text = request.GET.get(name, "")
    return int(text) if re.fullmatch(r"[0-9]{1,15}", text) else -1


def _requested_range(request: HttpRequest, total_bytes: int) -> tuple[int, int]:
    """First and last byte of the one range asked for (RFC 9110 section 14); raises WrongRange."""
    header = request.headers.get("Range")
    if header is None:
        return 0, total_bytes - 1
    match = RANGE.fullmatch(header.strip())
    if match and any(match.groups()):
        first, last = match.groups()
        start = int(first) if first else max(0, total_bytes - int(last))
        end = min(int(last), total_bytes - 1) if first and last else total_bytes - 1
        if start <= end:
            return start, end
    raise errors.WrongRange("range_not_satisfiable", "These bytes do not exist.")


urlpatterns = [
    path("transfers/local/<str:transfer_id>/<str:upload_id>/parts/<int:index>", put_part),
    path("transfers/local/<str:transfer_id>/payload", get_payload),
]
