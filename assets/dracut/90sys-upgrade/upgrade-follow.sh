#!/bin/sh
# upgrade-follow [N]: prints the upgrade's progress from line N on (1 unless given), a JSON object a line, and goes on as lines come.
set -u
progress=${UPGRADE_RUN_DIR:-/run/upgrade-push}/progress.jsonl

case ${1:-1} in
  0* | *[!0-9]*)
    echo "upgrade-follow: $1 is no line number; they count from 1" >&2
    exit 2
    ;;
esac
# Whoever logs in early enough comes before the first line.
until [ -e "$progress" ]; do sleep 1; done
exec tail -n "+${1:-1}" -f "$progress"
