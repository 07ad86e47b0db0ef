"""A local stand-in for Slack: slack_sdk and slack_bolt cannot tell it from the real one.

Serves the demo and the tests. It knows nothing of mapstorm: only what Slack promises, refuses and forgets.
"""
