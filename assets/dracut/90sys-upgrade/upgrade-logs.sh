#!/bin/sh
# upgrade-logs: the ends of the logs that stand on the old system's disk, as the controller keeps them, and for whoever looks around.
set -u
# shellcheck source=lib.sh
. "${UPGRADE_LIB:=/usr/lib/upgrade-push}/lib.sh"
# shellcheck source=record.sh
. "$UPGRADE_LIB/record.sh"

cd "$LOG_DIR" 2>/dev/null || exit 0

# end_of FILE BYTES
end_of() {
  [ -f "$1" ] && [ ! -L "$1" ] && [ -s "$1" ] || return 0
  size=$(stat -c %s "$1")
  if [ "$size" -gt "$2" ]; then
    printf '### %s, the last %s of %s bytes\n' "$1" "$2" "$size"
  else
    printf '### %s, %s bytes\n' "$1" "$size"
  fi
  tail -c "$2" "$1"
  printf '\n'
}

end_of initramfs.log 500000
end_of transaction.log 150000
end_of scriptlets.log 50000
end_of finish.log 50000
end_of target-dracut.log 50000
for file in after-transaction/* first-boot/*; do end_of "$file" 10000; done
