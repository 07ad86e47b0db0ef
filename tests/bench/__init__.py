"""`./mapstorm bench`: how fast, as ratios measured in one run. Never a test: machines differ and are noisy."""
