"""Stages dry-run and upgrade: the frozen transaction, first as RPM's test and then for real."""
import dnf.exceptions
import dnf.yum.rpmtrans
import rpm

from . import frozen, observer, outcome, plan, planning, progress, rpmdb, space, verification


def prepare(base, stage):
    """Resolves again, offline, and requires the plan's outcome. Returns the plan."""
    wanted = plan.load()
    frozen.verify(wanted)
    frozen.use(wanted)
    resolve(base, stage, wanted)
    return wanted


def resolve(base, stage, wanted):
    planning.resolve(base, stage, frozen.local_files(wanted))
    plan.require_same(wanted, plan.items_of(base))


def dry_run(base):
    progress.phase("testing the transaction")
    if rpmdb.needs_conversion():
        rpmdb.rebuild()
    wanted = prepare(base, "dry-run")
    base.conf.tsflags = ["test"]
    transact(base)
    wanted["dryRun"] = {"passedAt": progress.now()}
    plan.save(wanted)


def upgrade(base):
    if progress.begun():
        outcome.changed = True
        raise outcome.refuse("the transaction was begun before: `resume` continues it")
    progress.phase("verifying the plan")
    wanted = prepare(base, "upgrade")
    if not wanted["dryRun"]:
        raise outcome.refuse("the plan's dry run has not passed")
    if rpmdb.needs_conversion():
        rpmdb.rebuild(first_change)
        resolve(base, "upgrade", wanted)
    progress.phase("running the transaction")
    watched = run_watched(base)
    verification.require_final_set(wanted)
    rpmdb.settle()
    watched.done()
    progress.phase("the transaction is complete")


def first_change():
    """From here on nothing is as it was. Known on the disk before anything happens."""
    if not outcome.changed:
        progress.Journal().write("first-change")
        progress.emit("first-change")
        outcome.changed = True


def transact(base):
    try:
        dnf.Base.do_transaction(base, [])
    except dnf.exceptions.Error as error:
        raise outcome.refuse(space.of_rpm(str(error)) or str(error)) from None


def run_watched(base):
    """dnf's own transaction, with RPM's callbacks seen by an Observer too."""
    made = []

    class Watched(dnf.yum.rpmtrans.RPMTransaction):
        def __init__(self, owner, test=False, displays=()):
            self.observer = None
            super().__init__(owner, test=test, displays=displays)

        def _setupOutputLogging(self, rpmverbosity="info"):
            super()._setupOutputLogging(rpmverbosity)
            if not self.test:
                self.observer = observer.Observer(elements_of(self.base))
                made.append(self.observer)
                self.base._ts.setScriptFd(self.observer.output)
                rpm.setLogFile(self.observer.output)

        def callback(self, what, amount, total, key, client_data):
            if self.observer is not None:
                self.observer.callback(what, amount, total, str(key.pkg) if hasattr(key, "pkg") else None)
            return super().callback(what, amount, total, key, client_data)

    def test(*arguments):
        """RPM's own test, which looks at the disks once more; what follows it in dnf writes."""
        errors = tested(*arguments)
        if not errors:
            first_change()
        return errors

    tested, base._ts.test = base._ts.test, test
    original, dnf.yum.rpmtrans.RPMTransaction = dnf.yum.rpmtrans.RPMTransaction, Watched
    try:
        transact(base)
    finally:
        dnf.yum.rpmtrans.RPMTransaction = original
        for one in made:
            one.close()
    return made[0]


def elements_of(base):
    """Members of the transaction set in RPM's order: (NEVRA, what is done)."""
    actions = {}
    for entry in plan.items_of(base):
        actions[entry["nevra"]] = entry["action"]
    found = []
    for element in base._ts:
        nevra = dnf.util._te_nevra(element)
        default = "install" if element.Type() == rpm.TR_ADDED else "cleanup"
        found.append((nevra, actions.get(nevra, default)))
    return found
