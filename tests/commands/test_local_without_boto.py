"""A site with a local store does without boto3, which takes 30 MiB of every process."""
