#!/bin/sh
# Steers the boot loader of this host through an offline upgrade: run by its initramfs, with this system's root as its own, before
# the transaction and after it. Made for this host when the upgrade was armed; what follows as NAME='...' was known then.
# Every write is synced and read back: exit code 0 means that it is so. Otherwise one line on standard error says what is not.
set -u
umask 077
export LC_ALL=C
PATH=$PATH:/usr/sbin:/usr/bin:/sbin:/bin
root=${UPGRADE_ROOT-}
boot=$root/boot
entries=$boot/loader/entries
own=$root/var/lib/upgrade-push/boot

fail() {
  printf 'steer: %s\n' "$1" >&2
  exit 1
}
