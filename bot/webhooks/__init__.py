"""The front door of alert webhooks: who may speak, how much, and what they are answered."""
