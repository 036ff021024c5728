# shellcheck shell=sh disable=SC2015 # `A && B || C`: C is for either's failure
# GRUB with BLS entries: the default is the block's saved_entry, an entry's id.

loader_default() {
  blocks | while IFS= read -r block; do block_get "$block" saved_entry; done | head -n 1
}

loader_set_default() { in_blocks saved_entry "$1"; }

loader_is_default() {
  [ -n "$(blocks)" ] || return 1
  blocks | while IFS= read -r block; do
    [ "$(block_get "$block" saved_entry)" = "$1" ] || echo other
  done | grep -q other && return 1
  return 0
}

# loader_chose: did nothing name the default before the upgrade?
loader_chose() {
  if [ -e "$own/before" ]; then ! grep -q '^set ' "$own/before"; else [ -z "$(loader_default)" ]; fi
}

loader_unname() { in_blocks saved_entry && [ -z "$(loader_default)" ]; }

# A line for each block: what it said, or nothing behind `unset`.
loader_remember() {
  said=$(blocks | while IFS= read -r block; do
    if value=$(block_get "$block" saved_entry); then printf 'set %s\t%s\n' "$block" "$value"; else printf 'unset %s\t\n' "$block"; fi
  done)
  [ -n "$said" ] && put_text "$own/before" "$said"
}

loader_put_back() {
  while IFS='	' read -r what value; do
    [ -e "${what#* }" ] || continue
    case $what in
      'set '*) block_put "${what#* }" saved_entry "$value" || return 1 ;;
      *) block_put "${what#* }" saved_entry || return 1 ;;
    esac
  done <"$own/before"
}

# kernel-install of an RPM distribution makes each kernel that it adds the default. While packages are replaced, that would be a half-made
# system: right behind whatever does so, and at the end, the recovery entry is named again.
HOOKS="20-zz-upgrade-push.install 99-zz-upgrade-push.install"

loader_guard() {
  folder=$root/etc/kernel/install.d
  mkdir -p "$folder" || return 1
  for hook in $HOOKS; do
    put_text "$folder/$hook" "#!/bin/sh
# The recovery entry of upgrade-push stays the default until its offline upgrade has ended, which removes this file.
[ ! -e /var/lib/upgrade-push/boot/steer ] || exec /bin/sh /var/lib/upgrade-push/boot/steer guard" &&
      chmod 755 "$folder/$hook" || return 1
  done
}

loader_unguard() {
  for hook in $HOOKS; do discard "$root/etc/kernel/install.d/$hook" || return 1; done
}
