"""The same application as functions on AWS Lambda; user, admin and cleanup have the handlers."""
