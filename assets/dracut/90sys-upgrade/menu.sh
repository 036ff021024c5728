#!/bin/sh
# The console of a machine that waits after a failure. A shell is offered only where the kernel arguments allow one.
set -u
# shellcheck source=lib.sh
. "${UPGRADE_LIB:=/usr/lib/upgrade-push}/lib.sh"

# may_shell: a person at the console asked for it when the machine was booted, or its owner allows it.
may_shell() {
  break_points >/dev/null && return 0
  shell=$(cmdline_value rd.shell) || return 1
  case $shell in
    0 | no | off) return 1 ;;
  esac
}

choices='status, resume, reboot'
! may_shell || choices="$choices, shell"
while :; do
  printf '\nThe system upgrade has stopped. Type one of: %s\n> ' "$choices"
  # A console that nobody can type on ends at once.
  read -r choice || exit 0
  case $choice in
    status | resume | reboot) "upgrade-$choice" ;;
    shell)
      if may_shell; then HOME=/ ENV=$UPGRADE_LIB/shell.sh PS1='upgrade-push# ' /bin/sh -i; else printf 'rd.shell is off.\n'; fi
      ;;
    '') ;;
    *) printf 'There is no "%s".\n' "$choice" ;;
  esac
done
