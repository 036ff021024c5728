"""Progress as JSON lines on file descriptor 3, when that is open, and the durable journal of the transaction."""
import json
import os
import time

from . import files, paths

CHANNEL = 3


def _open():
    try:
        os.fstat(CHANNEL)
    except OSError:
        return False
    os.set_inheritable(CHANNEL, False)
    return True


_there = _open()


def emit(event, **fields):
    """One line, written at once: short enough for a pipe to keep it whole among those of the watcher. Nobody listening is no error."""
    if not _there:
        return
    line = json.dumps({"t": now(), "phase": "transaction", "event": event, **fields}) + "\n"
    try:
        os.write(CHANNEL, line.encode("utf-8")[:4000])
    except OSError:
        pass


def phase(text):
    """A step of the work, for the operator."""
    print("-- " + text, flush=True)
    emit("phase", text=text)


def line(text):
    print(text, flush=True)
    emit("line", text=text[:1000])


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class Journal:
    """What happened to the host's packages, one JSON object a line, on the disk before the next thing happens."""

    def __init__(self):
        new = not os.path.exists(paths.JOURNAL)
        self._fd = os.open(paths.JOURNAL, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if new:
            files.sync_folder(paths.STATE)

    def write(self, event, **fields):
        text = json.dumps({"t": now(), "event": event, **fields}) + "\n"
        os.write(self._fd, text.encode("utf-8"))
        os.fsync(self._fd)


def complete():
    """The transaction is over, and on the disk before the journal says so: RPM does not see to that."""
    os.sync()
    Journal().write("complete")


def journal_events():
    """The journal's events in order. A last line that was cut off by a power failure is left out."""
    try:
        with open(paths.JOURNAL, encoding="utf-8", errors="replace") as file:
            lines = file.read().split("\n")
    except FileNotFoundError:
        return []
    events = []
    for text in lines:
        try:
            event = json.loads(text)
        except ValueError:
            continue
        if isinstance(event, dict) and "event" in event:
            events.append(event)
    return events


def begun():
    """Whether a transaction of this plan has changed the host already."""
    return any(event["event"] == "first-change" for event in journal_events())
