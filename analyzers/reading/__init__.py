"""Bytes to records: the two formats of heap profiles, the CPU profile, and the names of hidden frames."""
