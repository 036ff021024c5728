"""The stages, in the order in which they are run. Each ends by returning, or by a Stop."""
from . import downloading, planning, resuming, running

STAGES = {
    "check": planning.check,
    "download": downloading.download,
    "dry-run": running.dry_run,
    "upgrade": running.upgrade,
    "resume": resuming.resume,
}
