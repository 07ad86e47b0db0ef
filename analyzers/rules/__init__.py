"""One rule a file, one for each verdict: `find(case) -> list[Finding]`.

Rules do not know each other, and use no prose."""
