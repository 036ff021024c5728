"""The host's RPM database: its place, its format, what is in it."""
import os
import shutil
import subprocess

import rpm

from . import files, outcome, paths, progress

PLACES = ("/usr/lib/sysimage/rpm", "/var/lib/rpm")
# The file that shows a format.
FORMATS = (("sqlite", "rpmdb.sqlite"), ("ndb", "Packages.db"), ("bdb", "Packages"))
# Folder inside that of the database, in which another is made.
WORK = ".rebuild"


def place_of_host():
    """Folder of the host's database, without the installroot; None when there is none."""
    for place in PLACES:
        folder = paths.ROOT + place
        if not os.path.islink(folder) and any(os.path.exists(os.path.join(folder, name)) for _, name in FORMATS):
            return place
    return None


# Where the target's rpm looks; for this process transaction.sh has told it where the host has it.
TARGET_PLACE = os.environ.get("UPGRADE_PUSH_DBPATH", "")


def format_of(folder):
    """Name of a database's format. Where a conversion was cut off there are two, each whole: the target's is the new one."""
    wanted = rpm.expandMacro("%{_db_backend}")
    names = dict(FORMATS)
    if wanted in names and os.path.exists(os.path.join(folder, names[wanted])):
        return wanted
    return next((form for form, name in FORMATS if os.path.exists(os.path.join(folder, name))), None)


def needs_conversion():
    """Whether the target's rpm writes another format than the one that the host has."""
    place = place_of_host()
    if place is None:
        raise outcome.refuse("the host has no RPM database")
    return format_of(paths.ROOT + place) != rpm.expandMacro("%{_db_backend}")


def sizes():
    """Bytes of each of the database's files."""
    folder = paths.ROOT + place_of_host()
    return [os.path.getsize(os.path.join(folder, name)) for name in os.listdir(folder) if os.path.isfile(os.path.join(folder, name))]


def rebuild(before_change=lambda: None):
    """Writes the database anew, in the target's format: beside the old one, on its file system, then file by file in its place. rpm's own
    exchange of folders works neither across file systems nor where something is mounted on the folder. `before_change` is called when the
    new database is whole and on the disk: whatever fails until it returns leaves the old one alone, and nothing beside it."""
    progress.phase("rebuilding the RPM database")
    folder = paths.ROOT + place_of_host()
    work = os.path.join(folder, WORK)
    shutil.rmtree(work, ignore_errors=True)
    old = [name for name in os.listdir(folder) if os.path.isfile(os.path.join(folder, name))]
    try:
        new = convert(folder, old)
        before_change()
    except BaseException:
        shutil.rmtree(work, ignore_errors=True)
        raise
    exchange(folder, old, new)


def convert(folder, old):
    """Makes the new database out of a copy of the files `old`. Returns its folder: one inside WORK, as rpm writes beside what it rebuilds."""
    new = os.path.join(folder, WORK, "db")
    try:
        os.makedirs(new, 0o755)
        for name in old:
            shutil.copy2(os.path.join(folder, name), new)
        run_rpmdb(["--dbpath", new, "--define", "_dbpath_rebuild " + new, "--rebuilddb"])
        # Not sync: it says nothing of what could not be written.
        for name in os.listdir(new):
            files.sync_file(os.path.join(new, name))
        files.sync_folder(new)
    except OSError as error:
        place = folder[len(paths.ROOT):]
        raise outcome.refuse("the RPM database can't be rebuilt in {}: {}".format(place, error.strerror)) from None
    return new


def exchange(folder, old, new):
    # A log of the old database must not be taken for one of the new.
    for name in old:
        if name.endswith(("-wal", "-shm")):
            os.unlink(os.path.join(folder, name))
    made = os.listdir(new)
    for name in made:
        os.rename(os.path.join(new, name), os.path.join(folder, name))
    files.sync_folder(folder)
    for name in old:
        if name not in made and os.path.exists(os.path.join(folder, name)):
            os.unlink(os.path.join(folder, name))
    shutil.rmtree(os.path.join(folder, WORK))
    files.sync_folder(folder)


def run_rpmdb(arguments):
    result = subprocess.run(
        ["rpmdb"] + arguments, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False
    )
    if result.returncode != 0:
        raise outcome.refuse("the RPM database can't be rebuilt: " + result.stdout.decode("utf-8", "replace").strip())


def must_move():
    return TARGET_PLACE in PLACES and place_of_host() not in (None, TARGET_PLACE)


def settle():
    """Moves the database to where the new system's rpm looks; a link stays. Cut off anywhere, it is found in one of the two places."""
    place = place_of_host()
    if place is None or TARGET_PLACE not in PLACES:
        return
    new = paths.ROOT + TARGET_PLACE
    shutil.rmtree(os.path.join(paths.ROOT + place, WORK), ignore_errors=True)  # of a conversion that was cut off at its very end
    if must_move():
        progress.phase("moving the RPM database to " + TARGET_PLACE)
        if os.path.islink(new):
            os.unlink(new)
        shutil.rmtree(new + ".new", ignore_errors=True)
        shutil.copytree(paths.ROOT + place, new + ".new")
        os.sync()
        shutil.rmtree(new, ignore_errors=True)  # it holds no database, or it would have been the place
        os.rename(new + ".new", new)
        os.sync()
    for other in PLACES:
        old = paths.ROOT + other
        cut_off = other == "/var/lib/rpm" and not os.path.exists(old)
        if other != TARGET_PLACE and not os.path.islink(old) and (format_of(old) or cut_off):
            # The new place has all of it: what is here is no longer looked at.
            shutil.rmtree(old, ignore_errors=True)
            os.symlink(os.path.relpath(new, os.path.dirname(old)), old)
            files.sync_folder(os.path.dirname(old))


def is_readable():
    """Whether every package of the database can be read."""
    result = subprocess.run(
        ["rpmdb", "--root", paths.ROOT, "--define", "_dbpath " + place_of_host(), "--verifydb"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return result.returncode == 0


def nevra_of(header):
    """As dnf writes it: name-[epoch:]version-release.arch."""
    epoch = header[rpm.RPMTAG_EPOCHNUM]
    return "{}-{}{}-{}.{}".format(
        text(header[rpm.RPMTAG_NAME]),
        "{}:".format(epoch) if epoch else "",
        text(header[rpm.RPMTAG_VERSION]),
        text(header[rpm.RPMTAG_RELEASE]),
        text(header[rpm.RPMTAG_ARCH]),
    )


def text(value):
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def installed():
    """NEVRA -> headers of the installed packages; imported keys are no packages."""
    found = {}
    ts = rpm.TransactionSet(paths.ROOT)
    ts.setVSFlags(-1)
    for header in ts.dbMatch():
        if text(header[rpm.RPMTAG_NAME]) != "gpg-pubkey":
            found.setdefault(nevra_of(header), []).append(header)
    ts.closeDB()
    return found


def header_of(path):
    """Header of a package's file."""
    ts = rpm.TransactionSet()
    ts.setVSFlags(-1)
    fd = os.open(path, os.O_RDONLY)
    try:
        return ts.hdrFromFdno(fd)
    finally:
        os.close(fd)
