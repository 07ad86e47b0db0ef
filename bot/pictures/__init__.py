"""Drawings: charts as SVG for the page and the thread, the same as PNG where Slack takes no charts, and text pictures.

`panels.py` has single charts, `picture.py` a note's whole picture, `png.py` its bytes, `text.py` bars for a terminal.
Facts become geometry here; the words are in templates/pictures/, the colours in its style.svg.j2 alone.
"""
