# shellcheck shell=sh
# first_by_itself ID: will the loader take that entry when nothing names one? Only where there can be no doubt: all entries but ours, which come
# last or were never armed, are of one kind, and the first three numbers of its version are higher than those of every other one. What the loader finds besides entries is a doubt.
first_by_itself() {
  [ -z "$(first_of "$boot"/EFI/Linux/*.efi "$boot"/efi/EFI/Linux/*.efi "$root"/efi/EFI/Linux/*.efi)" ] || return 1
  entry_folders | while IFS= read -r folder; do
    for file in "$folder"/*.conf; do
      [ ! -f "$file" ] || is_ours "$file" || printf '%s\t%s\t%s\t%s\n' "$(id_of "$file")" "$(field "$file" version | tail -n 1)" \
        "$(field "$file" sort-key | tail -n 1)" "$(field "$file" machine-id | tail -n 1)"
    done
  done | ID=$1 awk -F '\t' '
    # GRUB compares names: what stands before the version must be alike, too.
    { prefix[NR] = substr($1, 1, length($1) - length($2)); kind[NR] = $3 FS $4; version[NR] = $2 }
    $1 == ENVIRON["ID"] { mine = NR; found++ }
    END {
      if (found != 1) exit 1
      for (i = 1; i <= NR; i++) {
        if (i == mine) continue
        if (kind[i] != kind[mine] || prefix[i] != prefix[mine]) exit 1
        split(version[mine], a, /[^0-9]+/)
        split(version[i], b, /[^0-9]+/)
        for (part = 1; part <= 3 && a[part] + 0 == b[part] + 0; part++);
        if (part > 3 || a[part] + 0 < b[part] + 0) exit 1
      }
    }'
}

# loader_choice: the entry that the loader takes by itself, where there is no doubt.
loader_choice() {
  entry_folders | while IFS= read -r folder; do
    for file in "$folder"/*.conf; do
      [ -f "$file" ] && ! is_ours "$file" && first_by_itself "$(id_of "$file")" && id_of "$file"
    done
  done | head -n 1
}
