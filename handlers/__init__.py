"""What can happen to mapstorm, one file each. Async, but holds no client and opens nothing."""
