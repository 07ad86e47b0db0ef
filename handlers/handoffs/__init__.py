"""What happens to a handoff: the clock and the rota change it, and people do."""
