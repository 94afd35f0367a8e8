"""The chat page's files, served as they are."""
