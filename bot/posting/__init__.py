"""From what is to be said to Slack: the outbox in Redis, and the poster that empties it."""
