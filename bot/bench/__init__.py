"""`duban bench`: the figures of the README, measured on this machine at the moment of asking.

One module per figure (`ack`, `plan`, `send`, `export`, `start`), each with `async measure(...) -> Report`. They drive
the real service: the same commands, settings and database an operator has, in a folder of their own that is removed
afterwards, against a platform on loopback.
"""
