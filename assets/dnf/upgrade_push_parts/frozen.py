"""The packages of the frozen plan, as files."""
import os

import dnf.package

from . import files, outcome, paths, plan


def path_of(entry):
    return os.path.join(paths.PACKAGES, entry["file"])


def verify(frozen):
    """Every file of the plan is there and has its digest."""
    for entry in plan.incoming(frozen):
        try:
            digest = files.sha256(path_of(entry))
        except FileNotFoundError:
            raise outcome.refuse("{} is missing from {}".format(entry["file"], paths.PACKAGES[len(paths.ROOT):])) from None
        if digest != entry["sha256"]:
            raise outcome.refuse("{} is damaged: its digest is not the one of the plan".format(entry["file"]))


def use(frozen):
    """From now on dnf takes packages from packages/, wherever their repository is."""
    known = {entry["nevra"]: path_of(entry) for entry in plan.incoming(frozen)}
    original = dnf.package.Package.localPkg
    dnf.package.Package.localPkg = lambda package: known.get(str(package)) or original(package)


def local_files(frozen):
    return [path_of(entry) for entry in plan.incoming(frozen) if entry["repo"] == "@commandline"]
