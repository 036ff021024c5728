"""Stage download: every package into packages/, its signature checked."""
import os
import shutil

import dnf.callback
import dnf.exceptions

from . import files, outcome, paths, plan, planning, progress, rpmdb, signatures, space, spec


class Meter(dnf.callback.DownloadProgress):
    """Says how far the download is, after each package."""

    def __init__(self):
        self._files = self._bytes = self._done = self._got = 0
        self._sizes = {}

    def start(self, total_files, total_size, total_drpms=0):
        self._files, self._bytes = total_files, total_size

    def progress(self, payload, done):
        self._got += done - self._sizes.get(str(payload), 0)
        self._sizes[str(payload)] = done

    def end(self, payload, status, msg):
        self._done += 1
        self.progress(payload, payload.download_size)
        progress.line("package {} of {}: {} ({} of {} MB)".format(
            self._done, self._files, payload, self._got // 1000000, -(-self._bytes // 1000000)))


def download(base):
    wanted = spec.load("download")
    draft = plan.load()
    progress.phase("downloading the packages")
    planning.resolve(base, "download", [paths.ROOT + path for path in wanted["local_rpms"]])
    items = plan.items_of(base)
    plan.require_same(draft, items)
    packages = {str(package): package for package in base.transaction.install_set}
    keep_only({entry["file"] for entry in plan.incoming(draft)})
    fetch(base, list(packages.values()))
    signatures.check(base, packages.values())
    headers = []
    for entry in plan.incoming(draft):
        source = packages[entry["nevra"]].localPkg()
        target = os.path.join(paths.PACKAGES, entry["file"])
        entry["sha256"], entry["size"] = take(source, target)
        headers.append(rpmdb.header_of(target))
    files.sync_folder(paths.PACKAGES)
    table = space.Mounts.of_host()
    need = space.with_database(space.exact(headers, table), table)
    table.require(need)
    draft.update(space=space.report(table, need), downloadSize=sum(entry["size"] for entry in draft["items"]))
    plan.save(draft)


def keep_only(names):
    os.makedirs(paths.PACKAGES, mode=0o700, exist_ok=True)
    for name in os.listdir(paths.PACKAGES):
        if name not in names:
            os.unlink(os.path.join(paths.PACKAGES, name))


def fetch(base, packages):
    try:
        base.download_packages(packages, Meter())
    except dnf.exceptions.DownloadError as error:
        raise outcome.refuse("packages can't be downloaded: {}".format(error)) from None


def take(source, target):
    """Puts a package into packages/ durably, under its final name only when it is whole. Returns its digest and size in bytes."""
    digest = files.sha256(source)
    if not (os.path.exists(target) and files.sha256(target) == digest):
        part = target + ".new"
        bring(source, part)
        if files.sha256(part) != digest:
            raise outcome.refuse("{} was damaged while it was copied".format(os.path.basename(target)))
        with open(part, "rb") as file:
            os.fsync(file.fileno())
        os.rename(part, target)
    return digest, os.path.getsize(target)


def bring(source, part):
    """What dnf downloaded needs no second place on the disk; a file of somebody else's is copied, because it may change."""
    if os.path.lexists(part):
        os.unlink(part)
    if source.startswith(paths.CACHE + "/"):
        try:
            os.link(source, part)
            return
        except OSError:
            pass
    shutil.copyfile(source, part)
    os.chmod(part, 0o600)
