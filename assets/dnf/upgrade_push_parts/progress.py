"""Progress as JSON lines on file descriptor 3, when that is open, and the durable journal of the transaction."""
import json
import os
import time

from . import files, paths

CHANNEL = 3

# Bytes of a line, its end included: a pipe keeps 4096 whole, and the image puts the time since its boot into it.
LIMIT = 4000


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
    try:
        os.write(CHANNEL, whole_line({"t": now(), "phase": "transaction", "event": event, **fields}))
    except OSError:
        pass


def whole_line(fields):
    """`fields` as one line of JSON. `text`, the one field that may be long, is cut so that the line has at most LIMIT bytes.

    All of it is ASCII: an image's console must get no control characters, and what a scriptlet printed may be no text at all.
    """
    line = json.dumps(fields)
    excess = len(line) + 1 - LIMIT
    if excess > 0 and "text" in fields:
        line = json.dumps({**fields, "text": without_end(fields["text"], excess + 3) + "..."})
    return (line + "\n").encode("ascii")


def without_end(text, size):
    """`text` without as much of its end as takes `size` bytes in JSON: one character may take twelve."""
    end = len(text)
    while size > 0 and end > 0:
        end -= 1
        size -= len(json.dumps(text[end])) - 2
    return text[:end]


def say(text):
    """To standard output, whoever reads it. rpm ends at once where its callback raises: nobody reading is no error."""
    try:
        print(text, flush=True)
    except OSError:
        pass


def phase(text):
    """A step of the work, for the operator."""
    say("-- " + text)
    emit("phase", text=text)


def line(text):
    say(text)
    emit("line", text=text[:1000])


def now():
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())


class Journal:
    """What happened to the host's packages, one JSON object a line, on the disk before the next thing happens."""

    _told = False  # of all of them: one is told

    def __init__(self):
        new = not os.path.exists(paths.JOURNAL)
        self._cut = not new and ends_cut(paths.JOURNAL)
        self._fd = os.open(paths.JOURNAL, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        if new:
            files.sync_folder(paths.STATE)

    def write(self, event, **fields):
        """On the disk when it returns. Where it can't be, raises OSError, and nothing of it is there: who finds the first change would wait."""
        text = json.dumps({"t": now(), "event": event, **fields}) + "\n"
        rest = (b"\n" if self._cut else b"") + text.encode("utf-8")
        cut, self._cut, end = self._cut, True, os.fstat(self._fd).st_size
        try:
            while rest:
                rest = rest[os.write(self._fd, rest):]  # a disk that becomes full takes a part
            os.fsync(self._fd)
        except OSError:
            os.ftruncate(self._fd, end)
            self._cut = cut
            raise
        self._cut = False

    def note(self, event, **fields):
        """The same once packages change: going on is better then than to end rpm in the middle. A resume looks closer at a package whose
        lines are not there."""
        try:
            self.write(event, **fields)
        except OSError as error:
            if not Journal._told:
                line("the transaction's journal can't be written ({}): going on without it".format(error.strerror))
            Journal._told = True


def ends_cut(path):
    """Whether a power failure cut the last line: the next event must not become a part of it."""
    with open(path, "rb") as file:
        size = file.seek(0, os.SEEK_END)
        file.seek(max(0, size - 1))
        return file.read() not in (b"", b"\n")


def complete():
    """The transaction is over, and on the disk before the journal says so: RPM does not see to that."""
    os.sync()
    Journal().note("complete")


def journal_events():
    """The journal's events in order. A line that was cut off by a power failure is left out."""
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
