"""`mapstorm demo`: everything on loopback, from Redis to a stand-in for Slack. Not part of the real thing."""
