"""The outside: sockets, the clock, the environment and every third-party client. No other floor knows it."""
