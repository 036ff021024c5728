# shellcheck shell=sh
status() {
  default=$(loader_default) next=$(loader_oneshot)
  [ -n "$default" ] || default=$(loader_choice)
  if loader_is_default "$RECOVERY_ID"; then armed=yes; else armed=no; fi
  printf 'default=%s\noneshot=%s\nrecovery=%s\n' "${default:-none}" "${next:-none}" "$armed"
}

case $#:${1-} in
  1:consumed | 1:recovery | 1:guard | 1:restore | 1:status | 2:kernel | 4:finish) "$@" ;;
  *) fail 'what to do is one of: consumed, recovery, restore, status, kernel VERSION, finish VERSION ADDED REMOVED' ;;
esac
