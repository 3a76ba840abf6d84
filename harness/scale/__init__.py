"""Many transfers at once through several server processes, while one is killed and all reload."""
