"""How right mapstorm is: the recorded corpus, what was expected, what was said, and the table of both."""
