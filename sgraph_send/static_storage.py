"""Static files under content hashes, imports of JavaScript modules included, and compressed."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped
    """Rewrites `import … from "./x.js";` to hashed names (docs/decisions)."""

    support_js_module_import_aggregation = True
    max_post_process_passes = 20
