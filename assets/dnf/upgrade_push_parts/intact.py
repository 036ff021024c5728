"""Whether the files of a package are what its header says.

RPM writes neither files nor its database through to the disk. After a power cut the durable journal may know of packages whose last files
are empty or not there: ext4 and XFS allocate a file's blocks seconds after it was written.
"""
import hashlib
import os
import stat

import rpm

from . import paths

# PGPHASHALGO of the header's digests; the tag is missing where they are MD5.
ALGORITHMS = {1: "md5", 2: "sha1", 8: "sha256", 9: "sha384", 10: "sha512", 11: "sha224"}
# What may differ or be away: the administrator's, and what RPM itself never wrote.
NOT_OURS = rpm.RPMFILE_CONFIG | rpm.RPMFILE_GHOST | rpm.RPMFILE_MISSINGOK


def is_intact(header):
    """For an installed package. Configuration, and what a package left to others when it was installed, doesn't count."""
    algorithm = ALGORITHMS.get(header[rpm.RPMTAG_FILEDIGESTALGO] or 1)
    return all(is_whole(file, algorithm) for file in rpm.files(header))


def is_whole(file, algorithm):
    if file.state != rpm.RPMFILE_STATE_NORMAL or file.fflags & NOT_OURS:
        return True
    path = paths.ROOT + file.name
    try:
        there = os.lstat(path)
    except OSError:
        return False
    if stat.S_ISLNK(file.mode):
        return not stat.S_ISREG(there.st_mode)
    if not stat.S_ISREG(file.mode):
        return True
    if not stat.S_ISREG(there.st_mode) or there.st_size != file.size:
        return False
    return algorithm is None or not file.digest or digest(path, algorithm) == file.digest


def digest(path, algorithm):
    """None for a file that can't be read to its end."""
    found = hashlib.new(algorithm)
    try:
        with open(path, "rb") as content:
            for block in iter(lambda: content.read(1 << 20), b""):
                found.update(block)
    except OSError:
        return None
    return found.hexdigest()
