"""One function per thing a person can do: the only code that changes business state."""
