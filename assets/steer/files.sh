# shellcheck shell=sh
# Files that a power cut can't leave half-written.

# put FILE: standard input becomes FILE. Written beside it under a name that no loader takes for an entry, synced, renamed.
put() {
  put_new=${1%/*}/.${1##*/}.new
  cat >"$put_new" || return 1
  # A file system without modes, such as vfat, may refuse.
  if [ -e "$1" ]; then chmod --reference="$1" "$put_new"; else chmod 644 "$put_new"; fi 2>/dev/null
  sync "$put_new" && mv -f "$put_new" "$1" && sync "${1%/*}"
}

# holds FILE TEXT: is that what the disk has? The page cache is dropped first.
holds() {
  [ -f "$1" ] || return 1
  dd if="$1" iflag=nocache count=0 2>/dev/null
  [ "$(sha256sum <"$1")" = "$(printf '%s\n' "$2" | sha256sum)" ]
}

# put_text FILE TEXT: nothing is written where it stands already.
put_text() {
  holds "$1" "$2" && return
  printf '%s\n' "$2" | put "$1" && holds "$1" "$2"
}

# discard FILE...: gone, and so on the disk.
discard() {
  for gone; do
    [ -e "$gone" ] || [ -L "$gone" ] || continue
    rm -f "$gone" && sync "${gone%/*}" || return 1
    [ ! -e "$gone" ] || return 1
  done
}

# intact NAME DIGEST: a boot file of ours is the one that was armed.
intact() {
  [ -s "$boot/$1" ] || fail "/boot/$1 is missing"
  [ "$(sha256sum <"$boot/$1" | cut -c 1-64)" = "$2" ] || fail "/boot/$1 is not what was armed"
}

# settle: what was written to /boot lies where a loader looks for it. Loaders read no journal: a file system that has one must
# bring it home, which freezing it does.
settle() {
  sync -f "$boot" || return 1
  case $(stat -f -c %T "$boot/loader/entries") in
    ext2/ext3 | ext4 | xfs) ;;
    *) return 0 ;;
  esac
  command -v fsfreeze >/dev/null || return 0
  # Nobody's signal may leave it frozen.
  (
    trap '' HUP INT TERM
    fsfreeze --freeze "$entries" || exit 0
    fsfreeze --unfreeze "$entries"
  )
}
