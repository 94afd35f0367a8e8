"""Facts → Chinese. Pure; the same lines in an answer and in a digest."""
