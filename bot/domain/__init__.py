"""The rules of the work: frozen values and pure functions. No I/O, no clock, no framework."""
