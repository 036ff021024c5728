#!/usr/bin/env bash
# Says what lab, tests and demo left on the machine; exit 1 when there is anything. The lab's cache and build tools from apt may stay.
#   left-nothing.sh [BEFORE]    BEFORE: what this script said earlier, in a file; what stands there was not left since then
set -u
left=0
before=${1:-/dev/null}
tell() {
  local new
  new=$(printf '%s\n' "$2" | grep -vxF -f "$before" | grep -v '^$')
  [ -n "$new" ] || return 0
  printf 'left behind: %s\n%s\n' "$1" "$new" >&2
  left=1
}
tell 'mounts' "$(grep -E 'upgrade-push' /proc/self/mountinfo)"
tell 'network namespaces' "$(ip netns list 2>/dev/null | grep -i 'upgrade-push')"
tell 'processes' "$(for dir in /proc/[0-9]*; do
  pid=${dir#/proc/}
  [ "$pid" != "$$" ] && [ "$pid" != "$BASHPID" ] || continue
  command=$(tr '\0' ' ' 2>/dev/null <"$dir/cmdline") || continue
  case $command in
    *upgrade-follow* | *tail*upgrade-push* | *qemu-system*upgrade-push* | *sshd*upgrade-push* | *lab/fleet/repo-server* | *lab/vm/*server*) echo "$pid $command" ;;
  esac
done)"
tell 'users' "$(grep -E '^(deploy|ops|upgrade-push)' /etc/passwd)"
tell 'a service policy' "$(grep -ls 'lab/setup.sh of upgrade-push' /usr/sbin/policy-rc.d)"
tell 'files in /tmp' "$(find /tmp -maxdepth 1 -name 'upgrade-push*' 2>/dev/null)"
[ "$left" -eq 0 ] && echo 'nothing is left behind'
exit "$left"
