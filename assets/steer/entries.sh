# shellcheck shell=sh disable=SC2015,SC2016 # `A && B || C`: C is for either's failure
# Entry files of the Boot Loader Specification.

# is_ours FILE: by its name, or by the kernel that it boots.
is_ours() {
  case ${1##*/} in "$ENTRY_ID".conf | "$ENTRY_ID"+*.conf) return 0 ;; esac
  grep -q -E '^[[:space:]]*linux[[:space:]]+([^[:space:]]*/)?vmlinuz-upgrade\.[^/[:space:]]+[[:space:]]*$' "$1"
}

# field FILE KEY: values of a key, one line each.
field() { sed -n "s/^[[:space:]]*$2[[:space:]]\{1,\}//p" "$1" | sed 's/[[:space:]]*$//'; }

# id_of FILE: its name without .conf and without boot counters.
id_of() { printf '%s\n' "${1##*/}" | sed -e 's/\.conf$//' -e 's/+[0-9]\{1,\}\(-[0-9]\{1,\}\)\{0,1\}$//'; }

# entry_folders: where the loader looks for entries, the first being the one that we write to.
entry_folders() {
  printf '%s\n' "$entries"
  [ "$LOADER" = systemd-boot ] || return 0
  for esp in "$root/efi" "$boot/efi"; do
    [ ! -d "$esp/loader/entries" ] || ! mountpoint -q "$esp" || printf '%s\n' "$esp/loader/entries"
  done
}

# entry_of VERSION: the file that boots that kernel; the machine's own one where there are several. Nothing when there is none.
entry_of() {
  machine=$(cat "$root/etc/machine-id" 2>/dev/null)
  entry_folders | while IFS= read -r folder; do
    for file in "$folder"/*.conf; do
      [ -f "$file" ] && ! is_ours "$file" || continue
      case $(id_of "$file") in
        "$machine-$1") rank=0 ;;
        *-"$1") rank=1 ;;
        *) [ "$(field "$file" version | tail -n 1)" = "$1" ] && rank=2 || continue ;;
      esac
      printf '%s %s\n' "$rank" "$file"
    done
  done | sort -s -k 1,1 | sed -n '1s/^[0-9] //p'
}

# file_of ENTRY PATH: the file behind a path as an entry names it.
file_of() {
  top=${1%/loader/entries/*}
  case $2 in
    "$KERNEL_FOLDER"/*) printf '%s/%s\n' "$top" "${2#"$KERNEL_FOLDER"/}" ;;
    *) if [ -e "$root$2" ]; then printf '%s\n' "$root$2"; else printf '%s\n' "$top/${2#/}"; fi ;;
  esac
}

# files_of ENTRY KEY: files behind `linux` or `initrd`; what the loader fills in ($tuned_initrd) is left out.
files_of() {
  field "$1" "$2" | tr -s '[:blank:]' '[\n*]' | while IFS= read -r path; do
    case $path in '' | '$'*) ;; *) file_of "$1" "$path" ;; esac
  done
}

# give_options ENTRY OPTIONS: its kernel arguments, and nothing else of it, become these. What tuned has the loader fill in stays.
give_options() {
  tuned=$(field "$1" options | tr -s '[:blank:]' '[\n*]' | grep '^\$tuned_' | sort -u | tr '\n' ' ')
  line=$2${tuned:+ ${tuned% }}
  text=$(LINE=$line awk '
    /^[ \t]*options[ \t]/ { if (!done++) print "options " ENVIRON["LINE"]; next }
    { print }
    END { if (!done) print "options " ENVIRON["LINE"] }' "$1") || return 1
  put_text "$1" "$text"
}
