# shellcheck shell=sh
# Variables of the boot loader interface. Files of efivarfs are four bytes of attributes and a text in UTF-16; they can't be read or
# written in pieces.

# variable NAME: its file.
variable() { printf '%s\n' "$root/sys/firmware/efi/efivars/$1-4a67b082-0a4c-41cf-b6c7-440b29bb8c4f"; }

# efi_text NAME: the variable's text; nothing when it is not set.
efi_text() {
  file=$(variable "$1")
  # shellcheck disable=SC2002 # tail would seek, which efivarfs refuses
  [ ! -e "$file" ] || cat "$file" | tail -c +5 | tr -d '\000'
}

# The kernel protects variables that it does not know from a careless rm. Where there is no such protection chattr fails: no matter.
unprotect() { [ ! -e "$1" ] || chattr -i "$1" 2>/dev/null || :; }

# efi_write NAME FILE: the variable's file becomes FILE, in one write, which is one call of the firmware: old or new, nothing between.
efi_write() {
  file=$(variable "$1")
  unprotect "$file"
  dd if="$2" of="$file" bs=64k count=1 conv=notrunc 2>/dev/null
}

# efi_set NAME TEXT (ASCII), for this and later boots.
efi_set() {
  [ "$(efi_text "$1")" = "$2" ] && return
  [ -d "$root/sys/firmware/efi/efivars" ] || fail 'efivarfs is not mounted: the EFI variables of the loader can not be reached'
  format=$(printf '%s' "$2" | sed -e 's/%/%%/g' -e 's/[^%]\|%%/&\\000/g')
  # shellcheck disable=SC2059 # the format is where the zero bytes come from
  printf "\\007\\000\\000\\000$format\\000\\000" >"$own/.variable" || return 1
  efi_write "$1" "$own/.variable"
  rm -f "$own/.variable"
  [ "$(efi_text "$1")" = "$2" ]
}

# efi_unset NAME
efi_unset() {
  file=$(variable "$1")
  [ -e "$file" ] || return 0
  unprotect "$file"
  rm -f "$file"
  [ ! -e "$file" ]
}
