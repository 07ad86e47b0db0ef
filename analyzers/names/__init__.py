"""What a name tells: whose code a frame is, what a run of runtime frames means, which release of Go it is from."""
