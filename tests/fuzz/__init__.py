"""Hostile input: bytes that no service would send. `python -m tests.fuzz --seconds 60` looks longer than CI does."""
