"""From the lists to dnf's goal, in the order remove, install, upgrade, distribution sync."""
import os

import dnf.exceptions

from . import outcome, paths


class Marked:
    """`missing`: (list, name) of what was asked for and is nowhere. Told, never an error: hosts of one fleet differ."""

    def __init__(self):
        self.missing = []


def mark(base, wanted, local_files):
    """Marks everything that is wanted. `local_files`: paths of the local packages, as this stage finds them."""
    marked = Marked()
    local = local_packages(base, local_files)
    modules(base, wanted, marked)
    for name in wanted["to_remove"]:
        attempt(marked, "to_remove", name, lambda: base.remove(name))
    for name in wanted["to_install"]:
        attempt(marked, "to_install", name, lambda: base.install(name))
    for package in local:
        base.package_install(package)
    for name in wanted["to_upgrade"]:
        attempt(marked, "to_upgrade", name, lambda: base.upgrade(name))
    base.distro_sync()
    return marked


def attempt(marked, field, name, work):
    try:
        work()
    except dnf.exceptions.MarkingError:
        marked.missing.append((field, name))


def local_packages(base, local_files):
    for path in local_files:
        if not os.path.isfile(path):
            raise outcome.refuse("local_rpms: {} does not exist on the host".format(path[len(paths.ROOT):]))
    return base.add_remote_rpms(local_files, strict=True)


def modules(base, wanted, marked):
    """Module streams, where dnf knows modules: reset first, then enabled."""
    if not wanted["modules_to_reset"] and not wanted["modules_to_enable"]:
        return
    from dnf.module import module_base
    container = module_base.ModuleBase(base)
    enabled = {spec.split(":")[0] for spec in wanted["modules_to_enable"]}
    base.conf.module_stream_switch = True
    for field, specs, work in (
        ("modules_to_reset", [name for name in wanted["modules_to_reset"] if name not in enabled], container.reset),
        ("modules_to_enable", wanted["modules_to_enable"], container.enable),
    ):
        for spec in specs:
            try:
                work([spec])
            except dnf.exceptions.MarkingErrors as error:
                if not error.no_match_group_specs:
                    raise
                marked.missing.append((field, spec))
