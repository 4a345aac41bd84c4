"""The daemon's Unix socket: only its own user may speak to it, and a dead daemon's file is no obstacle."""

from __future__ import annotations

import os
import socket
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from slawatch.web.errors import CannotListen, PortInUse

#: Linux keeps a socket's path in 108 bytes, with a zero at its end (unix(7)).
LONGEST = 107


@contextmanager
def bound(path: Path) -> Iterator[socket.socket]:
    """A socket bound to `path`, mode 0600 from its first moment; the file is removed at the end.

    Raises PortInUse when a living daemon has it, CannotListen for any other reason.
    """
    if has_leftover(path):
        path.unlink(missing_ok=True)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as listener:
        os.fchmod(listener.fileno(), 0o600)  # Linux gives the file the socket's own mode: no moment in which others can
        try:
            listener.bind(str(path))
        except OSError as error:
            raise CannotListen(f"{path}: cannot listen there: {error.strerror or error}; set web.socket") from error
        ours = path.stat().st_ino
        try:
            yield listener
        finally:
            if _inode(path) == ours:
                path.unlink()


def has_leftover(path: Path) -> bool:
    """Whether a dead daemon's socket is at `path`. Raises as `bound` where none can be bound, and changes nothing."""
    if len(os.fsencode(path)) > LONGEST:
        raise CannotListen(f"{path}: cannot listen there: over {LONGEST} bytes, path too long; set web.socket")
    try:
        mode = path.lstat().st_mode
    except OSError:
        return False  # not there; or not to be reached, which binding tells
    if not stat.S_ISSOCK(mode):
        raise CannotListen(f"{path}: is there and is no socket; set web.socket to another path")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
        caller.settimeout(0)
        try:
            caller.connect(str(path))
        except ConnectionRefusedError:
            return True
        except FileNotFoundError:
            return False
        except BlockingIOError:
            pass  # its queue is full: alive
        except OSError as error:
            raise CannotListen(f"{path}: cannot tell whose it is: {error.strerror}; set web.socket") from error
    raise PortInUse(f"{path}: already in use by a running slawatch; stop it, or set web.socket to another path")


def _inode(path: Path) -> int | None:
    try:
        return path.lstat().st_ino
    except OSError:
        return None
