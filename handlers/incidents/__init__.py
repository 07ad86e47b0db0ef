"""What changes an incident: alerts, captures that end, the clock, and people."""
