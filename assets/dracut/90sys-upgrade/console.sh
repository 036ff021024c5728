#!/bin/sh
# ExecStart of upgrade-console.service: from now on `show` puts its lines into a file, and one writer for each console brings them there.
set -u
# shellcheck source=lib.sh
. "${UPGRADE_LIB:=/usr/lib/upgrade-push}/lib.sh"

mkdir -p "$RUN_DIR" && : >"$RUN_DIR/console" || exit 1
while read -r tty _; do
  # Opening a console may wait as well.
  (exec tail -n +1 -f "$RUN_DIR/console" >>"/dev/$tty") </dev/null >/dev/null 2>&1 &
done <"$CONSOLES_FILE"
