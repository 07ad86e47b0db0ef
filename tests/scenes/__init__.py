"""`./mapstorm scenes`: every picture mapstorm draws, in a folder to look through. What is right is for eyes to say."""
