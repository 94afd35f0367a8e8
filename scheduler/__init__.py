"""Time: what is due (pure), and how it leaves (the outbox)."""
