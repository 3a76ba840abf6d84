"""How the bucket must be set up: one class for each rule of docs/bucket.md.

audit_bucket checks them, provision_bucket and a starting server repair what they can. Nothing here
reads or writes objects."""
