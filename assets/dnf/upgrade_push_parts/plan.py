"""plan.json: every package that comes, goes or changes."""
import os

import libdnf.transaction as swdb

from . import files, outcome, paths

INCOMING = {
    swdb.TransactionItemAction_INSTALL: "install",
    swdb.TransactionItemAction_OBSOLETE: "install",
    swdb.TransactionItemAction_UPGRADE: "upgrade",
    swdb.TransactionItemAction_DOWNGRADE: "downgrade",
    swdb.TransactionItemAction_REINSTALL: "reinstall",
}
REPLACED = (
    swdb.TransactionItemAction_UPGRADED,
    swdb.TransactionItemAction_DOWNGRADED,
    swdb.TransactionItemAction_REINSTALLED,
    swdb.TransactionItemAction_OBSOLETED,
)
ACTIONS = ("install", "upgrade", "downgrade", "reinstall", "remove", "obsoleted")
COMING = frozenset(INCOMING.values())


def items_of(base):
    """The items of a resolved transaction, sorted by action and name. Sizes in bytes; digests come with the download."""
    members = list(base.transaction)
    replaced = {str(tsi.pkg) for tsi in members if tsi.action in REPLACED}
    items = []
    for tsi in members:
        package = tsi.pkg
        if tsi.action in INCOMING:
            old = sorted({str(obsoleted) for obsoleted in base._goal.obsoleted_by_package(package)} & replaced)
            items.append(item(INCOMING[tsi.action], tsi, old, file=os.path.basename(package.localPkg())))
        elif tsi.action == swdb.TransactionItemAction_REMOVE:
            items.append(item("remove", tsi, []))
        elif tsi.action == swdb.TransactionItemAction_OBSOLETED:
            items.append(item("obsoleted", tsi, []))
    return sorted(items, key=lambda entry: (ACTIONS.index(entry["action"]), entry["nevra"]))


def item(action, tsi, replaces, file=None):
    package = tsi.pkg
    return {
        "action": action,
        "nevra": str(package),
        "replaces": replaces,
        "repo": package.reponame if file else None,
        "file": file,
        "sha256": None,
        "size": package.downloadsize if file else 0,
        "installSize": package.installsize,
        "reason": swdb.TransactionItemReasonToString(tsi.reason),
    }


def incoming(plan):
    return [entry for entry in plan["items"] if entry["action"] in COMING]


def outgoing(plan):
    """NEVRAs that leave, replaced ones too. A reinstalled package is not among them."""
    gone = {entry["nevra"] for entry in plan["items"] if entry["action"] in ("remove", "obsoleted")}
    for entry in incoming(plan):
        gone.update(entry["replaces"])
    return gone - {entry["nevra"] for entry in incoming(plan)}


def staying(base, items):
    """NEVRAs that are installed now and that the transaction leaves as they are. Keys of signatures are no packages."""
    plan = {"items": items}
    touched = outgoing(plan) | {entry["nevra"] for entry in incoming(plan)}
    installed = {str(package) for package in base.sack.query().installed() if package.name != "gpg-pubkey"}
    return sorted(installed - touched)


def signature(items):
    """What two resolutions must agree on to be the same transaction."""
    return {(entry["action"], entry["nevra"], tuple(entry["replaces"]), entry["repo"]) for entry in items}


def require_same(plan, items):
    """Ends the stage with 22 when dnf would now do something else."""
    frozen, now = signature(plan["items"]), signature(items)
    if frozen == now:
        return
    said = ["no longer: {} {}".format(*entry[:2]) for entry in sorted(frozen - now, key=str)]
    said += ["now: {} {}".format(*entry[:2]) for entry in sorted(now - frozen, key=str)]
    more = "" if len(said) <= 6 else " and {} more".format(len(said) - 6)
    text = "dnf would not do what the plan says: {}{}".format("; ".join(said[:6]), more)
    raise outcome.Stop(outcome.FAILED if outcome.changed else outcome.DIFFERS, text)


def load():
    try:
        return files.read_json(paths.PLAN)
    except FileNotFoundError:
        raise outcome.refuse("there is no plan: run stage_transaction") from None


def save(plan):
    """Writes the plan: everything but the items on the first line, then each item on one of its own, for readers that know no JSON."""
    head = files.compact({name: value for name, value in plan.items() if name != "items"})
    items = ",\n".join(files.compact(entry) for entry in plan["items"])
    files.publish(paths.PLAN, "{},\n\"items\":[\n{}\n]}}\n".format(head[:-1], items))


def counts(items):
    return {action: sum(1 for entry in items if entry["action"] == action) for action in ACTIONS}
