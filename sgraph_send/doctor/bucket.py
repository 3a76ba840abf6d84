"""Whether browsers may use the bucket from our pages: by the very question that they ask."""

from django.conf import settings

from sgraph_send.doctor.diagnosis import Deployment, Diagnosis, fail, ok, warn
from transfers.stores import current_store

FOREIGN = "https://foreign.invalid"
REMEDY = "Run manage.py provision_bucket; SGRAPH_SEND__PUBLIC_URL must name the site's origin."


def cors(deployment: Deployment) -> Diagnosis:
    """Raises CallFailed, StoreUnavailable."""
    if settings.STORE == "local":
        return ok("There is no bucket: browsers use this site alone.")
    refused = [
        f"{method} from {origin}"
        for origin in sorted({deployment.url, *settings.PUBLIC_ORIGINS})
        for method in ("PUT", "GET")
        if not _is_let_in(deployment, origin, method)
    ]
    if refused:
        return fail(f"The bucket refuses browsers: {', '.join(refused)}.", REMEDY)
    if _is_let_in(deployment, FOREIGN, "PUT"):
        return warn("The bucket lets pages of every other site in as well.", REMEDY)
    return ok("The bucket lets browsers in from our pages, and from no others.")


def _is_let_in(deployment: Deployment, origin: str, method: str) -> bool:
    """A preflight (https://fetch.spec.whatwg.org/#cors-preflight-fetch) as the page causes it."""
    store = current_store()
    name, header = "0" * 22, "content-type" if method == "PUT" else "range"
    address = store.sign_part(name, "0", 0, 1) if method == "PUT" else store.sign_download(name)
    answer = deployment.connection.request(
        "ask the bucket as a browser does",
        "OPTIONS",
        address,
        headers={
            "Origin": origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": header,
        },
        even_refusals=True,
    )
    origins = answer.headers.get("Access-Control-Allow-Origin", "")
    methods = answer.headers.get("Access-Control-Allow-Methods", "").upper()
    headers = answer.headers.get("Access-Control-Allow-Headers", "").lower()
    return (
        answer.status < 300
        and origins in (origin, "*")
        and (method in methods or "*" in methods)
        and (header in headers or "*" in headers)
    )
