"""Whether the host ended up with exactly the plan's packages."""
from . import outcome, plan, rpmdb


def difference(frozen):
    """(absent, left over, twice): NEVRAs that keep the database from being what the plan wants."""
    present = rpmdb.installed()
    coming = {entry["nevra"] for entry in plan.incoming(frozen)}
    absent = sorted(coming - set(present))
    left = sorted(plan.outgoing(frozen) & set(present))
    twice = sorted(nevra for nevra in coming if len(present.get(nevra, ())) > 1)
    return absent, left, twice


def require_final_set(frozen):
    absent, left, twice = difference(frozen)
    said = ["not installed: " + ", ".join(absent)] if absent else []
    said += ["not removed: " + ", ".join(left)] if left else []
    said += ["installed twice: " + ", ".join(twice)] if twice else []
    if said:
        raise outcome.Stop(outcome.FAILED, "the packages are not what the plan says: " + "; ".join(said))
