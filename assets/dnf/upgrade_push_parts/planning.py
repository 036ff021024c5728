"""Stage check: what dnf would do, as a plan. Changes nothing."""
import os

from . import files, marking, outcome, paths, plan, progress, signatures, space, spec


def resolve(base, stage, local_files):
    """Marks what is wanted and lets dnf resolve it. Returns what was marked; dnf's own error says what can't be had."""
    wanted = spec.load(stage)
    base.fill_sack(load_system_repo=True, load_available_repos=True)
    marked = marking.mark(base, wanted, local_files)
    base.resolve(allow_erasing=True)
    return marked


def check(base):
    wanted = spec.load("check")
    progress.phase("resolving the transaction")
    marked = resolve(base, "check", [paths.ROOT + path for path in wanted["local_rpms"]])
    # Here already, unlike those of the repositories: why find out later?
    signatures.check_local(base, base.transaction.install_set)
    items = plan.items_of(base)
    require_kept(wanted, items)
    name_files(items)
    table = space.Mounts.of_host()
    need = space.with_database(space.estimate(items, table), table)
    draft = {
        "version": 1,
        "inputs": inputs(base),
        "inputsDigest": "",
        "release": {"from": os.environ.get("UPGRADE_PUSH_RELEASE", ""), "to": wanted["release"]},
        "counts": plan.counts(items),
        "downloadSize": sum(entry["size"] for entry in items),
        "space": space.report(table, need),
        "stays": plan.staying(base, items),
        "missing": ["{} {}".format(*pair) for pair in marked.missing],
        "dryRun": None,
        "createdAt": progress.now(),
        "items": items,
    }
    draft["inputsDigest"] = files.sha256_of_text(files.compact(draft["inputs"]))
    plan.save(draft)
    table.require(need, download=draft["downloadSize"] - int(os.environ.get("UPGRADE_PUSH_HAVE", "0")))


def inputs(base):
    """What the plan stands on. The digests come from who staged it; the pins are the metadata that dnf really used."""
    pins = {}
    for repo in sorted(base.repos.iter_enabled(), key=lambda repo: repo.id):
        path = os.path.join(repo._repo.getCachedir(), "repodata", "repomd.xml")
        if os.path.exists(path):
            pins[repo.id] = files.sha256(path)
    names = ("container", "rpmdb", "transaction")
    return {**{name: os.environ["UPGRADE_PUSH_" + name.upper()] for name in names}, "pins": pins}


def require_kept(wanted, items):
    """Packages of `to_keep` may change, but neither go nor give way to others."""
    going = sorted(entry["nevra"] for entry in items if entry["action"] in ("remove", "obsoleted"))
    said = []
    for nevra in going:
        if nevra in wanted["to_keep"] or nevra.rsplit("-", 2)[0] in wanted["to_keep"]:
            by = [entry["nevra"] for entry in items if nevra in entry["replaces"]]
            said.append("{} would be {}".format(nevra, "replaced by " + ", ".join(by) if by else "removed"))
    if said:
        raise outcome.refuse("to_keep: " + "; ".join(said))


def name_files(items):
    """Names below packages/: those of the repositories, unless two of them share one."""
    seen = set()
    for entry in items:
        if entry["file"] is None:
            continue
        if entry["file"] in seen:
            entry["file"] = entry["nevra"].replace(":", "_") + ".rpm"
        seen.add(entry["file"])

