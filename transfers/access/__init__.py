"""Who may do what, and how often: access tokens, rate limits, guesses, addresses.

What a permitted call does to a transfer is in `transfers.lifecycle`.
"""
