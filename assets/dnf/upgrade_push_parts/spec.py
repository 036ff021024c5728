"""transaction.json: what was asked for."""
import re

from . import files, outcome, paths

LISTS = ("to_install", "to_remove", "to_keep", "to_upgrade", "modules_to_enable", "modules_to_reset", "local_rpms", "exclude")

_loaded = None


def load(stage):
    """The wanted transaction. The stage `check` adds what the container was made from, so that later stages need nothing else."""
    global _loaded
    if _loaded is None:
        _loaded = files.read_json(paths.TRANSACTION)
        if stage == "check":
            _loaded = complete(_loaded, files.read_json(paths.TARGET))
            files.publish(paths.TRANSACTION, files.compact(_loaded) + "\n")
        elif "repositories" not in _loaded:
            raise outcome.refuse(paths.TRANSACTION + " was never completed: run stage_transaction again")
    return _loaded


def complete(asked, target):
    inputs = target["inputs"]
    major = re.match(r"^(\d+)(\.\d+)*$", inputs["release"])
    return dict(
        version=1,
        release=inputs["release"],
        platform_id="platform:el" + major.group(1) if major else None,
        repositories=inputs["repositories"],
        gpgcheck=inputs["gpgcheck"],
        gpgkeys=inputs["gpgkeys"],
        refresh=bool(asked.get("refresh")),
        local_rpms_unchecked=bool(asked.get("local_rpms_unchecked")),
        **{name: sorted(asked[name]) for name in LISTS}
    )
