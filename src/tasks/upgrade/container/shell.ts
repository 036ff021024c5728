/**
 * `tree_digest PATH`: sha256 over names, permission bits, link targets and contents of a file or a directory, the same for the same
 * content wherever it lies. Owners and times don't count. Prints `missing` for what is not there.
 */
export const TREE_DIGEST = `tree_digest() {
  if [ -d "$1" ]; then
    (cd "$1" && {
      find . -type f -printf '%y %m %p\\n' -o -type d -printf '%y %p\\n' -o -printf '%y %p %l\\n'
      find . -type f -exec sha256sum {} +
    } | LC_ALL=C sort | sha256sum | cut -c1-64)
  elif [ -f "$1" ]; then
    { stat -L -c %a "$1"; sha256sum <"$1"; } | sha256sum | cut -c1-64
  else
    echo missing
  fi
}`

/** `file_digest FILE` prints the sha256 of a file's content. */
export const FILE_DIGEST = `file_digest() { sha256sum <"$1" | cut -c1-64; }`

/**
 * `publish FILE`: gives standard input the name FILE at once and durably, with mode 0600; a reader finds the old content or the whole new one.
 */
export const PUBLISH = `publish() {
  (umask 077; cat >"$1.new") && sync "$1.new" && mv -f "$1.new" "$1" && sync "\${1%/*}"
}`
