# shellcheck shell=sh
# Sourced after lib.sh: SELinux as it was, and what goes when the upgrade is over.

UNIT=/etc/systemd/system/upgrade-resume.service
LINK=/etc/systemd/system/multi-user.target.wants/upgrade-resume.service

# restore_enforcing: only the boot that labelled the files was to be permissive.
restore_enforcing() {
  [ "$(setting selinux)" = enforcing ] || return 0
  config=/etc/selinux/config
  [ -f "$config" ] || return 0
  if grep -q '^[[:space:]]*SELINUX=permissive' "$config"; then
    sed 's/^\([[:space:]]*\)SELINUX=permissive/\1SELINUX=enforcing/' "$config" >"$NOTES/selinux-config" &&
      replace "$config" <"$NOTES/selinux-config" || return 1
    rm -f "$NOTES/selinux-config"
    tell 'SELinux: enforcing again'
  fi
  [ ! -e /sys/fs/selinux/enforce ] || setenforce 1
}

# service_is_enabled: does it start at every boot? It does from the upgrade image on, until requested scripts failed.
service_is_enabled() { [ -L "$LINK" ]; }

disable_service() { rm -f "$LINK"; }

# remove_products: everything in the state folder but the result, what the controller needs, and what this program still reads.
remove_products() {
  mkdir -p "$STATE/result"
  for name in plan.json progress.jsonl; do
    [ ! -f "$STATE/$name" ] || mv -f "$STATE/$name" "$STATE/result/$name"
  done
  [ ! -f "$NOTES/warnings" ] || cp "$NOTES/warnings" "$STATE/result/warnings"
  for path in "$STATE"/* "$STATE"/.[!.]*; do
    case ${path##*/} in
      lock | token | mutex | jobs | result | result.json | state.json | finish | finished) ;;
      *) rm -rf --one-file-system -- "$path" ;;
    esac
  done
  rm -f /boot/vmlinuz-upgrade.* /boot/initramfs-upgrade.*.img /boot/.vmlinuz-upgrade.*.hmac /boot/.upgrade-push.*.tmp
}

# remove_rest: what the service worked with, the service, its program. The notes go last but one: they say that only this is left to do.
remove_rest() {
  rm -rf --one-file-system "$DATA"
  rm -f "$LINK" "$UNIT"
  systemctl daemon-reload || :
  rm -rf --one-file-system "$NOTES"
  rm -rf "${0%/*}"
}
