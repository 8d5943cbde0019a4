"""Files that are there whole or not at all.

Why: a process may be killed, or the disk be full, in the middle of any write, and two processes may write one file at
once. So a file is written under a name of its own beside its place and moved there when it is safely on the disk:
whoever looks finds the earlier file or the new one, never a part of one.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Write = Callable[[Path], None]

TEMPORARY = ".tmp"
OLD_SECONDS = 3600
"""No file takes so long to write: whoever began it was killed."""


def replace_file(path: Path, content: str | bytes | Write) -> None:
    """Write a file whole or not at all, replacing an earlier one.

    Parameters
    ----------
    path
        In a folder that exists.
    content
        Bytes, text, or a function that writes the file at the path it is given.

    Raises
    ------
    OSError
        If the disk is full or the place cannot be written; an earlier file then stands as it was.
    """
    draft = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}{TEMPORARY}")
    try:
        if callable(content):
            content(draft)
        else:
            draft.write_bytes(content.encode() if isinstance(content, str) else content)
        with draft.open("rb+") as file:
            os.fsync(file.fileno())
        draft.replace(path)
    finally:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)


def remove_old_drafts(folder: Path) -> None:
    """Remove the drafts that killed processes left in a folder, as far as that can be done."""
    for draft in folder.glob(f".*{TEMPORARY}"):
        with contextlib.suppress(OSError):
            if time.time() - draft.stat().st_mtime > OLD_SECONDS:
                draft.unlink()
