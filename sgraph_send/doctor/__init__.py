"""The checks behind `manage.py doctor`: what is wrong with a deployment, and how to fix it.

They run with the site's settings beside its database, cache and store; checks from outside alone
are in `uptime`. Nothing here changes the deployment.
"""
