"""The operator's shell: the same diagnosis without Slack. Knows files, the terminal and exit codes."""
