# shellcheck shell=sh disable=SC2015 # `A && B || C`: C is for either's failure
# Our entries as files.

write_recovery() { put_text "$entries/$RECOVERY_ID.conf" "$RECOVERY_TEXT"; }

remove_recovery() { discard "$entries/$RECOVERY_ID.conf" "$entries/.$RECOVERY_ID.conf.new"; }

# retire_ours: an entry of ours that has booted stays armed in its text. Nothing must boot it once more unasked: GRUB, where the name of its
# default leads nowhere, takes the first of its list, and that may be ours.
retire_ours() {
  for file in "$entries"/*.conf; do
    [ -f "$file" ] && [ "${file##*/}" != "$RECOVERY_ID.conf" ] && is_ours "$file" || continue
    discard "$file" || return 1
  done
}

remove_ours() { retire_ours && remove_recovery && discard "$entries/.$ENTRY_ID.conf.new"; }

# first_of FILE...: the first that is there and not empty.
first_of() {
  for candidate; do
    [ -s "$candidate" ] || continue
    printf '%s\n' "$candidate"
    return
  done
}

kernel_file() { first_of "$boot/vmlinuz-$1" "$boot"/*/"$1"/linux "$root/usr/lib/modules/$1/vmlinuz" "$root/lib/modules/$1/vmlinuz"; }

initrd_file() { first_of "$boot/initramfs-$1.img" "$boot/initrd.img-$1" "$boot"/*/"$1"/initrd "$root/usr/lib/modules/$1/initrd"; }

# to_boot FILE NAME: the loader reads only /boot. Prints the file there.
to_boot() {
  case $1 in "$boot"/*) printf '%s\n' "$1"; return ;; esac
  put "$boot/$2" <"$1" && [ "$(sha256sum <"$boot/$2")" = "$(sha256sum <"$1")" ] && printf '%s\n' "$boot/$2"
}

# new_entry VERSION OPTIONS: writes what the distribution did not, after the example of the old default. Prints the entry's file.
new_entry() {
  kernel=$(kernel_file "$1")
  initrd=$(initrd_file "$1")
  [ -n "$kernel" ] || fail "there is no kernel $1: neither in /boot nor in /usr/lib/modules"
  [ -n "$initrd" ] || fail "there is no initramfs for kernel $1 in /boot"
  kernel=$(to_boot "$kernel" "vmlinuz-$1") && initrd=$(to_boot "$initrd" "initramfs-$1.img") || fail "kernel $1 can not be copied to /boot"
  # shellcheck disable=SC1091 # the new system's own
  title=$(. "$root/etc/os-release" 2>/dev/null && printf '%s' "${PRETTY_NAME-}")
  text="title ${title:-Linux} ($1)
version $1
${DEFAULT_MACHINE_ID:+machine-id $DEFAULT_MACHINE_ID
}${DEFAULT_SORT_KEY:+sort-key $DEFAULT_SORT_KEY
}linux $KERNEL_FOLDER/${kernel#"$boot"/}
initrd $KERNEL_FOLDER/${initrd#"$boot"/}
options $2"
  put_text "$entries/$ENTRY_PREFIX$1.conf" "$text" || fail "the entry of kernel $1 can not be written"
  printf '%s\n' "$entries/$ENTRY_PREFIX$1.conf"
}

# kernel VERSION: where the loader will look for the installed kernel, its initramfs and its entry.
kernel() {
  file=$(entry_of "$1")
  if [ -n "$file" ]; then
    linux=$(files_of "$file" linux | head -n 1) initrd=$(files_of "$file" initrd | tail -n 1)
  else
    linux=$(kernel_file "$1") initrd=$(initrd_file "$1")
  fi
  printf 'kernel=%s\ninitrd=%s\nentry=%s\n' "${linux#"$root"}" "${initrd:-/boot/initramfs-$1.img}" "${file#"$root"}" |
    sed "s|^initrd=$root/|initrd=/|"
}

# boots VERSION OPTIONS: the entry of that kernel has these arguments, and its files are there. Prints its id.
boots() {
  file=$(entry_of "$1")
  if [ -n "$file" ]; then
    give_options "$file" "$2" || fail "${file#"$root"} can not be written"
  else
    file=$(new_entry "$1" "$2") || exit 1
  fi
  for part in linux initrd; do
    files=$(files_of "$file" "$part")
    [ -n "$files" ] || fail "${file#"$root"} names no $part"
    printf '%s\n' "$files" | while IFS= read -r one; do
      [ -s "$one" ] || fail "${file#"$root"} names ${one#"$root"}, which is not there"
    done || exit 1
  done
  id_of "$file"
}
