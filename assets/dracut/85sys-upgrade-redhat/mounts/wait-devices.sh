#!/bin/sh
# Dracut sources this in a subshell until it succeeds: as long as a device that fstab needs is missing, its queue goes on assembling
# arrays and activating volumes. After a while the boot goes on all the same: the step `mounts` then names the device that is missing.
MOST=150 # seconds: dracut itself gives up after 180, and would not say which device it was
list=${UPGRADE_MOUNTS:-/usr/lib/upgrade-push/mounts}
notes=${UPGRADE_NOTES:-/run/upgrade-push-devices}
read -r now _ </proc/uptime
now=${now%.*}
if [ -r "$notes" ]; then read -r began <"$notes"; else began=$now && printf '%s\n' "$now" >"$notes"; fi

while IFS='	' read -r need _ point _ device seconds _; do
  { [ "$need" = needed ] && [ "$device" != - ] && [ ! -b "$device" ]; } || continue
  [ "$seconds" -le "$MOST" ] || seconds=$MOST
  [ $((now - began)) -lt "$seconds" ] || continue
  told=
  [ -r "$notes.told" ] && IFS= read -r told <"$notes.told"
  if [ "$told" != "$device" ]; then
    printf '%s\n' "$device" >"$notes.told"
    printf 'upgrade-push: waiting for %s, which holds %s\n' "$device" "$point" >"${UPGRADE_KMSG:-/dev/kmsg}"
  fi
  exit 1
done <"$list"
exit 0
