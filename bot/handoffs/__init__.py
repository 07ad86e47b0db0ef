"""Handoffs in Redis and in Slack: what is kept of them, the watch over rotations, and the thread as a file."""
