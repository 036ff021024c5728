/**
 * `show_files PATH...` prints the files below: for each a line `mode PERMISSIONS UID:GID PLACE` and a line `sum SHA256 PLACE`, and behind the latter of a
 * small text file whose digest is not among the words of `$known` a line `text PLACE`, then the text with `|` before each line, then an empty line.
 * `PLACE` is without a leading `./`.
 *
 * However many files there are, two processes look at them all: with some for each file a check took a minute of an emulated host.
 */
export const SHOW_FILES = `show_files() {
  find "$@" -type f -printf 'mode %m %U:%G %p\\n' 2>/dev/null | sed 's,^\\(mode [^ ]* [^ ]*\\) \\./,\\1 ,'
  find "$@" -type f -exec sha256sum {} + 2>/dev/null | while IFS= read -r sum; do
    sha=\${sum%% *}; place=\${sum#*  }
    # sha256sum writes a backslash twice and says so by one in front; units of mounts have backslashes in their names.
    case $sha in \\\\*) sha=\${sha#?}; place=$(printf '%b.' "$place"); place=\${place%.} ;; esac
    place=\${place#./}
    echo_line "sum $sha $place"
    case " $known " in *" $sha "*) continue ;; esac
    [ "$(stat -c %s "$place")" -le 16384 ] && { [ ! -s "$place" ] || grep -qI '' "$place"; } || continue
    echo_line "text $place"; sed 's/^/|/' "$place"; echo
  done
}
echo_line() { printf '%s\\n' "$1"; }`

/** What `show_files` printed, and whatever else stood between. */
export interface ShownFiles {
  /** By place: `mode uid:gid sha256`. */
  readonly files: Record<string, string>
  /** By place: of those whose digest was not known. */
  readonly texts: Record<string, string>
  /** Lines that are not of `show_files`, in their order. */
  readonly others: readonly string[]
}

export function parseShownFiles(stdout: string): ShownFiles {
  const modes = new Map<string, string>()
  const sums = new Map<string, string>()
  const texts: Record<string, string> = {}
  const others: string[] = []
  let open: string | undefined
  for (const line of stdout.split('\n')) {
    if (line.startsWith('|') && open !== undefined) {
      texts[open] += `${line.slice(1)}\n`
      continue
    }
    const mode = /^mode (\d+ \d+:\d+) (.*)$/.exec(line)
    const sum = /^sum ([0-9a-f]{64}) (.*)$/.exec(line)
    if (mode) modes.set(mode[2] as string, mode[1] as string)
    else if (sum) sums.set(sum[2] as string, sum[1] as string)
    else if (line.startsWith('text ')) {
      open = line.slice('text '.length)
      texts[open] = ''
    } else others.push(line)
  }
  // A file that went away between the two looks is there with what is known of it: never as it should be.
  const places = [...new Set([...modes.keys(), ...sums.keys()])]
  const files = Object.fromEntries(
    places.map((place) => [place, `${modes.get(place) ?? '?'} ${sums.get(place) ?? '?'}`]),
  )
  return { files, texts, others }
}
