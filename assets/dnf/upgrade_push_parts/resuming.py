"""Stage resume: from wherever a transaction was interrupted to the plan's packages."""
import os

import rpm

from . import frozen, intact, observer, outcome, paths, plan, progress, rpmdb, space, verification


def resume(base):
    """Idempotent: run again, it goes on where it was; on a finished host it changes nothing."""
    wanted = plan.load()
    if not progress.begun():
        raise outcome.refuse("the transaction has not begun: nothing is to be resumed")
    outcome.changed = True
    if rpmdb.needs_conversion() or not rpmdb.is_readable():
        rpmdb.rebuild()
    install, again, erase = work_left(wanted)
    if install or again or erase:
        progress.phase("resuming: {} to install, {} to finish, {} to remove".format(len(install), len(again), len(erase)))
        frozen.verify({"items": install + again})
        run(install, again, erase)
        verification.require_final_set(wanted)
    rpmdb.settle()
    progress.complete()
    progress.phase("the transaction is complete")


def work_left(wanted):
    """(items to install, items to install once more, NEVRAs to remove).

    Once more: begun but not finished by the journal; or finished, but the scriptlets that run after the whole transaction were not, or a file
    is not what it should be; or unknown to the journal, which could not be written then: nobody can tell whether its scriptlets ran.
    """
    events = progress.journal_events()
    absent, left, twice = verification.difference(wanted)
    present = rpmdb.installed()
    last = {event.get("package"): event["event"] for event in events if event["event"] in ("started", "finished", "failed")}
    complete = bool(events) and events[-1]["event"] == "complete"
    install, again = [], []
    if not complete:
        progress.phase("looking at the files that were written before")
    for entry in plan.incoming(wanted):
        nevra = entry["nevra"]
        if nevra in absent:
            install.append(entry)
        elif nevra in twice or last.get(nevra) in ("started", "failed"):
            again.append(entry)
        elif not complete and (nevra not in last or needs_more(present[nevra][0], last[nevra])):
            again.append(entry)
    return install, again, left


def needs_more(header, last):
    return (last == "finished" and has_late_scriptlet(header)) or not intact.is_intact(header)


def has_late_scriptlet(header):
    return any(header[tag] for tag in (rpm.RPMTAG_POSTTRANS, rpm.RPMTAG_POSTTRANSPROG))


def run(install, again, erase):
    ts = rpm.TransactionSet(paths.ROOT)
    ts.setVSFlags(-1)
    ts.setProbFilter(rpm.RPMPROB_FILTER_OLDPACKAGE | rpm.RPMPROB_FILTER_REPLACEPKG | rpm.RPMPROB_FILTER_REPLACEOLDFILES)
    fill(ts, install, again, erase)
    problems = [str(problem) for problem in ts.check() or []] or [str(problem) for problem in ts.problems() or []]
    if problems:
        raise outcome.refuse("the rest of the transaction does not fit together: " + "; ".join(problems[:5]))
    ts.order()
    watched = observer.Observer([(element_nevra(element), action_of(element, again)) for element in ts])
    try:
        rpm.setVerbosity(rpm.RPMLOG_INFO)  # below that, scriptlets have no output
        ts.scriptFd = watched.output.fileno()
        rpm.setLogFile(watched.output)
        errors = ts.run(Callback(watched, {entry["nevra"]: frozen.path_of(entry) for entry in install + again}), "")
    finally:
        watched.close()
    if errors:
        said = "\n".join(str(error[0]) for error in errors)
        raise outcome.refuse(space.of_rpm(said) or "rpm refused: " + said)


def fill(ts, install, again, erase):
    installed = rpmdb.installed()
    for entry in install:
        ts.addInstall(header(entry), entry["nevra"], "i" if entry["action"] == "install" else "u")
    for entry in again:
        ts.addReinstall(header(entry), entry["nevra"])
    for nevra in erase:
        for found in installed[nevra]:
            ts.addErase(found[rpm.RPMTAG_DBINSTANCE])


def header(entry):
    return rpmdb.header_of(frozen.path_of(entry))


def element_nevra(element):
    epoch = "{}:".format(element.E()) if element.E() and element.E() != "0" else ""
    return "{}-{}{}-{}.{}".format(element.N(), epoch, element.V(), element.R(), element.A())


def action_of(element, again):
    if element.Type() != rpm.TR_ADDED:
        return "cleanup"
    return "reinstall" if element_nevra(element) in {entry["nevra"] for entry in again} else "install"


class Callback:
    """Opens the packages for RPM and tells the observer."""

    def __init__(self, watched, known):
        self._watched = watched
        self._known = known
        self._fds = {}

    def __call__(self, what, amount, total, key, _data):
        # What goes has a key of RPM's own.
        self._watched.callback(what, amount, total, key if key in self._known else None)
        if what == rpm.RPMCALLBACK_INST_OPEN_FILE:
            self._fds[key] = os.open(self._known[key], os.O_RDONLY)
            return self._fds[key]
        if what == rpm.RPMCALLBACK_INST_CLOSE_FILE:
            os.close(self._fds.pop(key))
        return None
