"""Where the command starts: Ctrl-C ends it with 130 and without a traceback, from the first moment on."""

import io
import os
import signal
import sys


def main() -> None:
    """Run the command; bad input ends with 1 and its reasons, wrong usage with 2, Ctrl-C with 130."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(130))
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # whoever started us has closed it
            setattr(sys, name, os.fdopen(os.open(os.devnull, os.O_WRONLY), "w"))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # a console of GBK lacks signs, a file that is read later must not
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace")
    from api.commands import main as run  # takes most of a second

    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        run()
    except KeyboardInterrupt:  # before or after the command itself, which ends by itself
        sys.exit(130)
