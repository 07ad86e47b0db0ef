"""Incidents in Redis: what alerts said, what has become of them, and what is to be looked at again when."""
