"""gunicorn as this site runs it: how it listens, its threads, and what it waits for without one."""
