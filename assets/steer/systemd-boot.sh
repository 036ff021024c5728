# shellcheck shell=sh disable=SC2015 # `A && B || C`: C is for either's failure
# systemd-boot: the default is an EFI variable, or else what loader.conf says, or else the first of the sorted list.

# A choice that was made use of is deleted, while others stay: the loader says at each boot who it is.
loader_readable() {
  [ -n "$(efi_text LoaderInfo)$(efi_text LoaderEntryDefault)" ] || fail 'the EFI variables of the loader can not be read: is efivarfs mounted?'
}

loader_oneshot() { efi_text LoaderEntryOneShot; }

loader_clear_oneshot() { efi_unset LoaderEntryOneShot || bootctl set-oneshot '' && [ -z "$(loader_oneshot)" ]; }

loader_default() {
  default=$(efi_text LoaderEntryDefault)
  [ -n "$default" ] || default=$(sed -n 's/^[[:space:]]*default[[:space:]]\{1,\}//p' "$boot/loader/loader.conf" 2>/dev/null | tail -n 1)
  printf '%s\n' "${default%.conf}"
}

loader_set_default() {
  efi_set LoaderEntryDefault "$1.conf" && return
  bootctl set-default "$1.conf" >/dev/null 2>&1
  [ "$(efi_text LoaderEntryDefault)" = "$1.conf" ]
}

loader_is_default() { [ "$(efi_text LoaderEntryDefault)" = "$1.conf" ]; }

# The variable byte by byte, attributes included.
loader_remember() {
  file=$(variable LoaderEntryDefault)
  if [ ! -e "$file" ]; then
    put_text "$own/before" unset
    return
  fi
  # Read whole: efivarfs refuses to be read in pieces.
  put "$own/before.efi" <"$file" && put_text "$own/before" set
}

loader_put_back() {
  if [ "$(cat "$own/before")" = unset ]; then
    loader_unname
    return
  fi
  old=$(tail -c +5 "$own/before.efi" | tr -d '\000')
  efi_write LoaderEntryDefault "$own/before.efi"
  [ "$(efi_text LoaderEntryDefault)" = "$old" ] && return
  bootctl set-default "$old" >/dev/null 2>&1
  [ "$(efi_text LoaderEntryDefault)" = "$old" ]
}

# loader_chose: did nothing name the default before the upgrade?
loader_chose() {
  ! grep -q '^[[:space:]]*default[[:space:]]' "$boot/loader/loader.conf" 2>/dev/null || return 1
  if [ -e "$own/before" ]; then [ "$(cat "$own/before")" = unset ]; else [ -z "$(efi_text LoaderEntryDefault)" ]; fi
}

loader_unname() { efi_unset LoaderEntryDefault || bootctl set-default '' >/dev/null 2>&1 && [ -z "$(efi_text LoaderEntryDefault)" ]; }

# systemd's kernel-install leaves the variable alone.
loader_guard() { :; }
loader_unguard() { :; }
