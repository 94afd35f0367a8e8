"""What a chaos test saw, kept with its report and printed at the end of the run."""

from collections.abc import Callable

Tell = Callable[[str], None]
PROPERTY = "chaos"
