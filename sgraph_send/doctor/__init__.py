"""The checks behind `manage.py doctor`: what is wrong with a deployment, and how to mend it."""
