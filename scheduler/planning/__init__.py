"""The parts of the planner. Pure: they import `bot.domain` and nothing else."""
