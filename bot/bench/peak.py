"""One command of `duban`, and the memory it took at its highest: `python -m bot.bench.peak export ledger -o FILE`.

The last word of its output is that figure in MB: only the process itself can still ask when the work is done.
"""

import os
import runpy

from bot.bench.processes import resident_mb


def main() -> None:
    try:
        runpy.run_module("bot", run_name="__main__")
    except SystemExit as end:
        if end.code:
            raise
    print(resident_mb(os.getpid(), "VmHWM"))


if __name__ == "__main__":
    main()
