import { INSTALL_ROOT } from '../../../remote/room.ts'
import { HOST, STATE } from '../layout.ts'

/** The host's state folder as seen from inside the container. */
const STATE_INSIDE = `${INSTALL_ROOT}${STATE}`

/** Everything that decides what dnf does and that is known before it reads its configuration. The rest is set by the plugin. */
const OPTIONS = [
  '--assumeyes',
  `--installroot=${INSTALL_ROOT}`,
  '--setopt=plugins=1',
  '--setopt=pluginpath="$S"/dnf/plugin',
  '--setopt=pluginconfpath=/var/empty',
  `--setopt=varsdir=${INSTALL_ROOT}/etc/dnf/vars,${INSTALL_ROOT}/etc/yum/vars`,
  // dnf puts the installroot before these, then forgets about it; the plugin puts it there again.
  `--setopt=logdir=${STATE}/dnf/log`,
  `--setopt=cachedir=${STATE}/dnf/transaction`,
  '--setopt=keepcache=1',
  '--setopt=best=1',
  '--setopt=obsoletes=1',
  '--setopt=allow_vendor_change=1',
  '--setopt=deltarpm=0',
  '--setopt=clean_requirements_on_remove=0',
  '--setopt=protected_packages=',
  // The old kernel stays, and its being the running one or not makes no difference to what is planned.
  '--setopt=installonly_limit=0',
  '--setopt=protect_running_kernel=0',
  '--setopt=diskspacecheck=1',
  '--setopt=history_record=1',
]

/**
 * `transaction.sh STAGE`, run inside the container with the host's root at /installroot: the whole command line of dnf, so that whoever
 * starts it (the preparation, the initramfs, a person) need know nothing of it. Exit codes and progress as the plugin has them.
 */
export const TRANSACTION_SCRIPT = `#!/bin/sh
# transaction.sh check|download|dry-run|upgrade|resume
# Exit codes: 0 done; 20 refused or failed before the first change; 21 failed after it; 22 the plan is not what dnf would do.
set -u
S=${STATE_INSIDE}
export LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
case \${1-} in
  check|download|dry-run|upgrade|resume) ;;
  *) echo "FAILED: transaction.sh check|download|dry-run|upgrade|resume" >&2; exit 20 ;;
esac
dnf=$(command -v dnf-3 || command -v dnf) || { echo 'FAILED: the container has no dnf: request the package dnf' >&2; exit 20; }
# The database stays where the host has it, wherever the target's rpm looks. Only rpm's own files say so to everybody who asks rpm.
UPGRADE_PUSH_DBPATH=$(rpm --eval '%{_dbpath}') && HOME=$(mktemp -d) && mkdir -p "$HOME/.config/rpm" ||
  { echo 'FAILED: the container has no rpm, or no /tmp that can be written' >&2; exit 20; }
trap 'rm -rf "$HOME"' EXIT
export HOME UPGRADE_PUSH_DBPATH
for place in /usr/lib/sysimage/rpm /var/lib/rpm; do
  [ ! -L ${INSTALL_ROOT}$place ] || continue
  for file in rpmdb.sqlite Packages.db Packages; do
    [ ! -e ${INSTALL_ROOT}$place/$file ] || { echo "%_dbpath $place" | tee "$HOME/.rpmmacros" >"$HOME/.config/rpm/macros"; break 2; }
  done
done
config=${INSTALL_ROOT}/etc/dnf/dnf.conf
# Half-way through an upgrade the host's configuration may be anything.
[ "$1" != resume ] && [ -f "$config" ] || config=$S/dnf/plugin/empty.conf
# Locks of a run that was killed: their process ids mean somebody else by now. Nothing else uses these folders.
rm -f "$S"/dnf/transaction/*.pid ${INSTALL_ROOT}/var/lib/dnf/*.pid
"$dnf" --config="$config" \\
${OPTIONS.map((option) => `  ${option} \\`).join('\n')}
  upgrade-push "$1" </dev/null
code=$?
case $code in 0|20|21|22) exit "$code" ;; esac
! grep -q '"event": "first-change"' "$S"/${HOST.journal.slice(STATE.length + 1)} 2>/dev/null || exit 21
exit 20
`

/** The same, as it is called inside. */
export const TRANSACTION_SCRIPT_INSIDE = `${STATE_INSIDE}/transaction.sh`
