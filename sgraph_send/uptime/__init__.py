"""The outside watcher behind `manage.py monitor`: it knows the site by its address alone.

Nothing here asks Django's database, cache or store, so that it runs on any machine.
"""
