"""Who is on call, from the outside: calendars fetched, read and remembered, and people looked up in Slack."""
