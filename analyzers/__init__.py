"""Bytes of Go profiles in, a diagnosis of its maps out. Pure: no I/O, no clock, no words for people."""
