# shellcheck shell=sh disable=SC2015 # `A && B || C`: C is for either's failure
# GRUB's environment block: 1024 bytes that GRUB itself rewrites in place. So does this: a new file under the same name would reach the
# disk by way of the journal, which GRUB does not read, and the old block would count after a power cut.

# blocks: every block that GRUB may read, links resolved. An update of GRUB moves it from the EFI system partition to /boot/grub2.
blocks() {
  printf '%s\n' "$BLOCKS" | while IFS= read -r block; do
    [ ! -f "$root$block" ] || readlink -f "$root$block"
  done | sort -u | while IFS= read -r block; do
    [ "$(stat -c %s "$block")" = 1024 ] && head -c 24 "$block" | grep -q '^# GRUB Environment Block$' && printf '%s\n' "$block"
  done
}

# block_get BLOCK NAME: a variable's value; 1 when it is not set.
block_get() {
  grep -a "^$2=" "$1" | tail -n 1 | sed -e 's/^[^=]*=//' -e 's/\\\(.\)/\1/g' | grep -a .
}

# block_put BLOCK NAME [VALUE]: sets it, or takes it out. The other variables stay as they are, byte by byte.
block_put() {
  new=$own/.block
  NAME=$2 VALUE=${3-} WANTED=$# awk '
    {
      whole = !continued
      continued = match($0, /\\+$/) && RLENGTH % 2
    }
    whole { drop = index($0, ENVIRON["NAME"] "=") == 1 || /^#+$/ }
    !drop { print }
    END {
      if (ENVIRON["WANTED"] < 3) exit
      gsub(/\\/, "&&", ENVIRON["VALUE"])
      print ENVIRON["NAME"] "=" ENVIRON["VALUE"]
    }' "$1" >"$new" || return 1
  size=$(stat -c %s "$new")
  [ "$size" -le 1024 ] || fail "GRUB's environment block $1 has no room left for $2"
  head -c $((1024 - size)) /dev/zero | tr '\000' '#' >>"$new"
  [ "$(sha256sum <"$new")" = "$(sha256sum <"$1")" ] && return
  dd if="$new" of="$1" bs=1024 count=1 conv=notrunc,fsync 2>/dev/null || return 1
  dd if="$1" iflag=nocache count=0 2>/dev/null
  [ "$(sha256sum <"$new")" = "$(sha256sum <"$1")" ] || return 1
  rm -f "$new"
}

# in_blocks NAME [VALUE]: in each of them.
in_blocks() {
  all=$(blocks)
  [ -n "$all" ] || fail "GRUB has no environment block among $(printf '%s' "$BLOCKS" | tr '\n' ' ')"
  printf '%s\n' "$all" | while IFS= read -r block; do
    block_put "$block" "$@" || exit 1
  done
}

loader_readable() {
  [ -n "$(blocks)" ] || fail "no environment block can be read: GRUB's is none of $(printf '%s' "$BLOCKS" | tr '\n' ' ')"
}

loader_oneshot() {
  blocks | while IFS= read -r block; do block_get "$block" next_entry; done | head -n 1
}

loader_clear_oneshot() { in_blocks next_entry && [ -z "$(loader_oneshot)" ]; }
