"""Who is on call: pure rules of spans, turns and names, and what /mapstorm oncall answers."""
