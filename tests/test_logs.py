"""What the log may never show, on a terminal neither."""

import os
import pty
import subprocess
import sys

PROGRAM = """
import structlog
from slawatch import logs
logs.set_up()
def sign_in():
    password = "S3cret" + "Pw"
    raise RuntimeError("a fault of our own")
try:
    sign_in()
except RuntimeError:
    structlog.get_logger().exception("look.broken")
"""


def test_a_traceback_on_a_terminal_shows_no_local_variable():
    ours, theirs = pty.openpty()
    program = subprocess.Popen([sys.executable, "-c", PROGRAM], stderr=theirs)
    os.close(theirs)
    said = b""
    try:
        while part := os.read(ours, 65536):
            said += part
    except OSError:
        pass  # the terminal is gone with its program: all is read
    os.close(ours)

    assert program.wait(10) == 0
    assert b"a fault of our own" in said
    assert b"S3cretPw" not in said
