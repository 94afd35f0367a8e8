"""A WeCom of our own to try the bot on: the platform's API, its callbacks, and everybody's phone in a browser.

It imports nothing from the bot and does its own cryptography: a stranger to the bot, and so a real check on it.
"""
