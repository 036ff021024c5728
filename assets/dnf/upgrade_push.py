"""DNF plugin: plans, tests and runs the transaction of an upgrade, for the host that lies at /installroot.

Started by transaction.sh inside the container of the target release, as `dnf upgrade-push STAGE`. Exit codes: 0 done; 20 refused or
failed before the first change; 21 failed after it; 22 dnf would do something else than the frozen plan says.
"""
import os
import sys

import dnf
import dnf.cli

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from upgrade_push_parts import configuration, outcome, stages  # noqa: E402


@dnf.plugin.register_command
class UpgradePushCommand(dnf.cli.Command):
    aliases = ("upgrade-push",)
    summary = "plan, test or run the transaction of an upgrade"

    @staticmethod
    def set_argparser(parser):
        parser.add_argument("stage", choices=sorted(stages.STAGES))

    def pre_configure(self):
        outcome.guard(lambda: configuration.early(self.base, self.opts.stage))

    def configure(self):
        demands = self.cli.demands
        demands.root_user = True
        demands.resolving = False
        demands.sack_activation = False
        outcome.guard(lambda: configuration.late(self.base, self.opts.stage))

    def run(self):
        outcome.guard(lambda: stages.STAGES[self.opts.stage](self.base))
