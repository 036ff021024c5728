"""Watches a process that runs RPM transactions: says what it does, and measures it, while its scriptlets keep it busy.

A program of its own, because RPM holds the interpreter's lock while a scriptlet runs. Arguments: the process's id and the file that
takes the scriptlets' output. Standard input: what is being done, one text a line; its end ends the watcher. Speaks on descriptor 3.
"""
import os
import select
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

PERIOD = 2.5
LOOK = 0.25
MAX_LINE = 1000


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read().decode("ascii", "replace")
    except OSError:
        return ""


def family(pid):
    """The process and everything below it."""
    found, index = [pid], 0
    while index < len(found):
        for task in children(found[index]):
            found.append(task)
        index += 1
    return found


def children(pid):
    try:
        threads = os.listdir("/proc/{}/task".format(pid))
    except OSError:
        return []
    texts = [read("/proc/{}/task/{}/children".format(pid, thread)) for thread in threads]
    return [int(word) for text in texts for word in text.split()]


def used(pid):
    """(CPU seconds, bytes read and written) of a process's family since it began, those that have ended included."""
    ticks, data = 0, 0
    for member in family(pid):
        fields = read("/proc/{}/stat".format(member)).rpartition(")")[2].split()
        if len(fields) > 14:
            ticks += sum(int(field) for field in fields[11:15])
        for text in read("/proc/{}/io".format(member)).split("\n"):
            name, _, value = text.partition(": ")
            if name in ("rchar", "wchar") and value.isdigit():
                data += int(value)
    return ticks / os.sysconf("SC_CLK_TCK"), data


class Tail:
    """New whole lines of a file that grows."""

    def __init__(self, path):
        self._file = open(path, "rb")
        self._file.seek(0, os.SEEK_END)
        self._rest = b""

    def lines(self, last=False):
        self._rest += self._file.read()
        *whole, self._rest = self._rest.split(b"\n")
        if (last and self._rest) or len(self._rest) > MAX_LINE:
            whole.append(self._rest)
            self._rest = b""
        return [line.decode("utf-8", "replace")[:MAX_LINE] for line in whole if line.strip()]


def watch(pid, path, emit):
    """Runs until standard input ends."""
    tail, what, rest = Tail(path), "transaction", b""
    spoke, before, measured = time.monotonic(), used(pid), time.monotonic()
    while True:
        ready, _, _ = select.select([0], [], [], LOOK)
        if ready:
            data = os.read(0, 65536)
            if not data:
                break
            rest += data
            *told, rest = rest.split(b"\n")
            if told:
                what = told[-1].decode("utf-8", "replace")
                spoke = time.monotonic()
        for text in tail.lines():
            emit("line", text=text)
            spoke = time.monotonic()
        now = time.monotonic()
        if now - spoke >= PERIOD or now - measured >= 2 * PERIOD:
            current = used(pid)
            emit(
                "heartbeat",
                what=what,
                cpu_s=round(max(0, current[0] - before[0]), 2),
                io_bytes=max(0, current[1] - before[1]),
                seconds=round(now - measured, 1),
            )
            before, measured, spoke = current, now, now
    for text in tail.lines(last=True):
        emit("line", text=text)


if __name__ == "__main__":
    from upgrade_push_parts import progress

    watch(int(sys.argv[1]), sys.argv[2], progress.emit)
