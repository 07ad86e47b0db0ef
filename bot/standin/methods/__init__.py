"""Slack's Web API methods, one module a family; `table` is the only list of them."""
