"""How the bucket must be set up: one object for each rule, read by audit_bucket, set right by
provision_bucket and at start (docs/bucket.md says what each rule is for)."""
