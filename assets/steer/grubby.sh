# shellcheck shell=sh disable=SC2015 # `A && B || C`: C is for either's failure
# GRUB without BLS entries, edited by grubby. Two entries of one kernel confuse it: our own entry becomes the recovery entry, by an
# argument. Never run against a real grubby: written after its manual.

OURS=/boot/$OUR_KERNEL

# info KERNEL KEY: of the first entry of that kernel.
info() { grubby --info="$1" 2>/dev/null | sed -n "s/^$2=//p" | sed -n '1s/^"\(.*\)"$/\1/;1p'; }

is_recovery() { case " $(info "$OURS" args) " in *' rd.upgrade.recovery=1 '*) return 0 ;; esac; return 1; }

write_recovery() { is_recovery || grubby --update-kernel="$OURS" --args=rd.upgrade.recovery=1 && is_recovery; }

remove_recovery() { ! is_recovery || grubby --update-kernel="$OURS" --remove-args=rd.upgrade.recovery && ! is_recovery; }

# The recovery entry will be made of it.
retire_ours() { :; }

remove_ours() { [ -z "$(info "$OURS" kernel)" ] || grubby --remove-kernel="$OURS" && [ -z "$(info "$OURS" kernel)" ]; }

loader_default() { grubby --default-kernel 2>/dev/null; }

# The id of an entry is its kernel.
kernel_of() { if [ "$1" = "$RECOVERY_ID" ]; then printf '%s\n' "$OURS"; else printf '%s\n' "$1"; fi; }

loader_set_default() { loader_is_default "$1" || grubby --set-default="$(kernel_of "$1")" >/dev/null && loader_is_default "$1"; }

loader_is_default() { [ "$(loader_default)" = "$(kernel_of "$1")" ]; }

# grubby always names one.
loader_chose() { return 1; }
loader_choice() { :; }

loader_remember() { put_text "$own/before" "$(loader_default)"; }

loader_put_back() { loader_set_default "$(cat "$own/before")"; }

kernel() {
  initrd=$(info "/boot/vmlinuz-$1" initrd)
  printf 'kernel=%s\ninitrd=%s\nentry=%s\n' "$(info "/boot/vmlinuz-$1" kernel)" "${initrd:-/boot/initramfs-$1.img}" "/boot/vmlinuz-$1"
}

# boots VERSION OPTIONS: the distribution's kernel package has made the entry.
boots() {
  new=/boot/vmlinuz-$1
  initrd=$(info "$new" initrd)
  [ -n "$(info "$new" kernel)" ] || fail "grubby knows no entry of $new"
  [ -s "$root$new" ] || fail "$new is not there"
  [ -n "$initrd" ] && [ -s "$root$initrd" ] || fail "the initramfs of $new is not there"
  had=$(info "$new" args)
  grubby --update-kernel="$new" --remove-args="$had" --args="$2" || fail "the kernel arguments of $new can not be changed"
  for wanted in $2; do
    case " $(info "$new" args) root=$(info "$new" root) " in *" $wanted "*) ;; *) fail "$new lacks the kernel argument $wanted" ;; esac
  done
  printf '%s\n' "$new"
}
