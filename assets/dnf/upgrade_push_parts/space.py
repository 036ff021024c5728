"""Disk space: what the transaction needs on each file system of the host, against what is free."""
import os
import re

import rpm

from . import outcome, paths, rpmdb

BLOCK = 4096
# Databases, logs and what scriptlets write.
RESERVE = 32 * 1024 * 1024
# Our own folder, and those over which copies lie while an upgrade is planned: no file systems of the host.
HOME = "/var/lib/upgrade-push"
COVERED = (HOME, "/var/lib/dnf") + rpmdb.PLACES


class Mounts:
    """Mount points of the host, longest first, with what is free there."""

    def __init__(self, points, free):
        self._points = sorted(points, key=len, reverse=True)
        self.free = free

    @classmethod
    def of_host(cls):
        points = {"/"}
        with open("/proc/self/mountinfo", encoding="utf-8", errors="surrogateescape") as file:
            for line in file:
                where = re.sub(r"\\([0-7]{3})", lambda match: chr(int(match.group(1), 8)), line.split(" ")[4])
                point = where[len(paths.ROOT):]
                if where.startswith(paths.ROOT + "/") and os.path.isdir(where) and point not in COVERED:
                    points.add(point)
        free = {point: free_bytes(paths.ROOT + point) for point in points}
        home, _, amount = os.environ.get("UPGRADE_PUSH_HOME", "").rpartition(" ")
        if home:
            points.add(home)
            free[home] = int(amount) * 1024
        return cls(points, free)

    def of(self, path):
        """The mount point that a path of the host lies on."""
        return next(point for point in self._points if point == "/" or path == point or path.startswith(point + "/"))

    def require(self, need, download=0):
        """Refuses with one sentence for each file system that is too small. Sizes in bytes."""
        total = dict(need)
        if download:
            home = self.of(HOME)
            total[home] = total.get(home, 0) + download
        short = [
            "{} needs {} MiB, {} MiB are free: free {} MiB there".format(
                point, mib(amount), self.free[point] >> 20, mib(amount + RESERVE - self.free[point])
            )
            for point, amount in sorted(total.items())
            if amount > 0 and amount + RESERVE > self.free[point]
        ]
        if short:
            raise outcome.refuse("no space: " + "; ".join(short))


def mib(amount):
    return -(-amount // (1 << 20))


def free_bytes(path):
    stat = os.statvfs(path)
    return stat.f_bavail * stat.f_frsize


def report(table, need):
    return [{"mount": point, "need": amount, "free": table.free[point]} for point, amount in sorted(need.items()) if amount > 0]


def blocks(size):
    return -(-size // BLOCK) * BLOCK


def sizes(header, table, rounded=True):
    """mount -> bytes that a package's files take there, in whole blocks or as they are."""
    found = {}
    names, lengths, modes = header[rpm.RPMTAG_FILENAMES], header[rpm.RPMTAG_FILESIZES], header[rpm.RPMTAG_FILEMODES]
    for name, length, mode in zip(names, lengths, modes):
        if mode & 0o170000 == 0o100000:
            point = table.of(rpmdb.text(name))
            found[point] = found.get(point, 0) + (blocks(length) if rounded else length)
    return found


def estimate(items, table):
    """mount -> bytes, before the packages are here. Each is spread like the installed one of its name, or lies where /usr is; what it
    replaces is taken off. The files themselves may show later that more is needed: only they tell which are overwritten."""
    installed = rpmdb.installed()
    by_name = {nevra.rsplit("-", 2)[0]: headers[0] for nevra, headers in sorted(installed.items())}
    need = {}
    for entry in items:
        if entry["file"] is None:
            continue
        like = by_name.get(entry["nevra"].rsplit("-", 2)[0])
        raw = sum(sizes(like, table, rounded=False).values()) if like else 0
        spread = sizes(like, table) if raw else {table.of("/usr"): 1}
        for point, size in spread.items():
            need[point] = need.get(point, 0) + int(entry["installSize"] * size / (raw or 1))
        for header in (header for nevra in entry["replaces"] for header in installed.get(nevra, ())):
            for point, size in sizes(header, table).items():
                need[point] = need.get(point, 0) - size
    return {point: max(0, amount) for point, amount in need.items()}


def exact(headers, table):
    """mount -> bytes that the new files take beyond what they overwrite. What only goes is not counted: it goes late."""
    need = {}
    for header in headers:
        names, lengths, modes = header[rpm.RPMTAG_FILENAMES], header[rpm.RPMTAG_FILESIZES], header[rpm.RPMTAG_FILEMODES]
        for raw, length, mode in zip(names, lengths, modes):
            if mode & 0o170000 != 0o100000:
                continue
            name = rpmdb.text(raw)
            point = table.of(name)
            need[point] = need.get(point, 0) + blocks(length) - taken(paths.ROOT + name)
    return {point: max(0, amount) for point, amount in need.items()}


def with_database(need, table):
    """`need` with the room that the RPM database takes for a while, as much as it has now for each copy. While it is converted there are a
    copy and the new one beside it, both gone or in its place before the first package: no sum. Where it is moved, that comes after the last."""
    found, converts = dict(need), rpmdb.needs_conversion()
    size = sum(blocks(length) for length in rpmdb.sizes())
    if converts:
        point = table.of(rpmdb.place_of_host())
        found[point] = max(found.get(point, 0), 2 * size)
    if rpmdb.must_move():
        point = table.of(rpmdb.TARGET_PLACE)
        found[point] = found.get(point, 0) + size
    return found


def taken(path):
    try:
        return os.lstat(path).st_blocks * 512
    except OSError:
        return 0


def of_rpm(text):
    """rpm's complaints about space, one sentence for each file system with the largest amount, or None when there are none."""
    units = {"B": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}
    most, inodes = {}, {}
    pattern = r"needs (\d+)([KMG]?)B (?:more space )?on the (\S+) filesystem"
    for amount, unit, point in re.findall(pattern, text):
        point = on_host(point)
        most[point] = max(most.get(point, 0), int(amount) * units[unit or "B"])
    for amount, point in re.findall(r"needs (\d+) (?:more )?inodes on the (\S+) filesystem", text):
        inodes[on_host(point)] = max(inodes.get(on_host(point), 0), int(amount))
    said = ["{} needs {} MiB more".format(point, mib(amount)) for point, amount in sorted(most.items())]
    said += ["{} needs {} more inodes".format(point, amount) for point, amount in sorted(inodes.items())]
    return "no space: " + "; ".join(said) if said else None


def on_host(point):
    return (point[len(paths.ROOT):] or "/") if (point + "/").startswith(paths.ROOT + "/") else point
