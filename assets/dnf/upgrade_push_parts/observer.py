"""Turns RPM's callbacks into progress and into the journal."""
import os
import subprocess
import sys

import rpm

from . import paths, progress

WATCHER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "watcher.py")


class Observer:
    """Follows one run of a transaction set. `elements`: its members in order, as (NEVRA, action)."""

    def __init__(self, elements):
        self._elements = elements
        self._journal = progress.Journal()
        self._current = None
        self._failed = set()
        self._unpacked = 0
        os.makedirs(paths.LOG, mode=0o700, exist_ok=True)
        self.output = open(paths.SCRIPTLETS, "ab", buffering=0)
        fds = (progress.CHANNEL,) if progress._there else ()
        self._watcher = subprocess.Popen(
            [sys.executable, "-B", WATCHER, str(os.getpid()), paths.SCRIPTLETS], stdin=subprocess.PIPE, pass_fds=fds
        )

    def close(self):
        """Waits until the last lines are out."""
        self._finish()
        try:
            self._watcher.stdin.close()
        except OSError:
            pass
        self._watcher.wait()
        self.output.close()

    def callback(self, what, amount, total, key_name):
        """One of RPM's callbacks. `key_name`: NEVRA of the package it is about, or None."""
        if what == rpm.RPMCALLBACK_ELEM_PROGRESS:
            self._begin(amount, total)
        elif what == rpm.RPMCALLBACK_SCRIPT_START:
            self._scriptlet(amount, key_name)
        elif what == rpm.RPMCALLBACK_SCRIPT_ERROR:
            self._error("scriptlet %{} of {} failed".format(kind_of(amount), key_name or self._name()), total)
        elif what in (rpm.RPMCALLBACK_UNPACK_ERROR, rpm.RPMCALLBACK_CPIO_ERROR):
            self._error("{} could not be unpacked".format(key_name or self._name()), 1)
        elif what == rpm.RPMCALLBACK_INST_CLOSE_FILE and key_name == self._name():
            self._finish()

    def done(self):
        """All scriptlets ran, those after the transaction too."""
        self._finish()
        progress.complete()

    def _name(self):
        return self._current[0] if self._current else None

    def _begin(self, index, total):
        self._finish()
        self._current = self._elements[index]
        nevra, action = self._current
        self._journal.note("started", n=index + 1, of=total, action=action, package=nevra)
        progress.emit("item", n=index + 1, of=total, action=action, package=nevra)
        self._tell("{} {}".format(action, nevra))

    def _finish(self):
        if self._current is None:
            return
        (nevra, action), self._current = self._current, None
        event = "failed" if nevra in self._failed else "finished"
        self._journal.note(event, action=action, package=nevra)

    def _scriptlet(self, tag, key_name):
        package = key_name or self._name() or ""
        kind = kind_of(tag)
        progress.emit("scriptlet", package=package, kind=kind)
        self._tell("scriptlet %{} of {}".format(kind, package))

    def _error(self, text, fatal):
        if fatal and self._current:
            self._failed.add(self._current[0])
        progress.line(("" if fatal else "warning: ") + text)

    def _tell(self, text):
        try:
            self._watcher.stdin.write((text + "\n").encode("utf-8"))
            self._watcher.stdin.flush()
        except OSError:
            pass


def kind_of(tag):
    """A scriptlet's name as a spec file has it: `pre`, `post`, `postun`, ..."""
    name = rpm.tagnames.get(tag, "scriptlet").lower()
    return {"prein": "pre", "postin": "post"}.get(name, name)
