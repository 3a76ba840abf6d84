"""The site as functions on AWS Lambda: the handlers are in user, admin and cleanup.

The template that deploys them is in deploy/aws; what they run is the same code as under gunicorn.
"""
