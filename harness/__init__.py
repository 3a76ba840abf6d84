"""Real services, browsers and simulated users, started by tests and by benchmarks.

What is asserted about them is in `tests`; what is measured with them is in `bench`.
"""
