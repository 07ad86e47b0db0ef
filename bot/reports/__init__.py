"""Captures kept whole and the page about each: the store, the links, the page, its files and its flame graph."""
