"""What rules have in common: suspects with their shares, evidence, and what helps against what."""
