/**
 * `prove LISTING BUILTIN`: reads what an image must hold from standard input, a line each (`module NAME`, `driver NAME`, `driver =DIR`,
 * `unit NAME`, `file PATH`), and prints the lines that it does not. LISTING is what `lsinitrd` printed for the image, BUILTIN the
 * kernel's list of drivers that need no file. Fails when the listing names no module at all: then it was read wrongly.
 *
 * A driver's name counts with - and _ alike; folders of the file system's top may be links (/lib -> usr/lib) on one side only.
 */
export const PROVE = `prove() {
  awk '
    function plain(path) {
      sub(/^\\/*/, "", path)
      if (path ~ /^(lib|lib64|bin|sbin)\\//) path = "usr/" path
      sub(/^usr\\/sbin\\//, "usr/bin/", path)
      return path
    }
    function driver(path) {
      sub(/.*\\//, "", path); sub(/\\.ko(\\.(xz|gz|zst))?$/, "", path); gsub(/-/, "_", path)
      return path
    }
    function learn(path) { drivers[driver(path)] = 1; sub(/^.*\\/kernel\\//, "", path); sub(/^kernel\\//, "", path); tree = tree "\\n" path }
    FILENAME == ARGV[1] {
      if ($0 == "dracut modules:") { listed = 1; next }
      if (/^=====/) { listed = 0; next }
      if (listed) { if ($1 != "") { modules[$1] = 1; count++ } next }
      if (match($0, /^[-dlbcps][^ ]* +[^ ]+ +[^ ]+ +[^ ]+ +([0-9]+, *)?[0-9]+ +[A-Z][a-z][a-z] +[0-9]+ +[0-9:]+ /)) {
        path = substr($0, RLENGTH + 1)
        if (/^l/) sub(/ -> .*/, "", path)
        files[plain(path)] = 1
        if (path ~ /\\.ko(\\.(xz|gz|zst))?$/) learn(path)
        if (path ~ /\\/systemd\\/system\\/[^\\/]+$/) { unit = path; sub(/.*\\//, "", unit); units[unit] = 1 }
      }
      next
    }
    FILENAME == ARGV[2] { learn($0); next }
    $0 == "" { next }
    {
      name = substr($0, index($0, " ") + 1)
      found = 0
      if ($1 == "module") found = name in modules
      else if ($1 == "driver" && name ~ /^=/) found = index(tree, "\\n" substr(name, 2) "/") > 0
      else if ($1 == "driver") { gsub(/-/, "_", name); found = name in drivers }
      else if ($1 == "unit") found = name in units
      else if ($1 == "file") found = plain(name) in files
      if (!found) print
    }
    END { if (!count) exit 1 }
  ' "$1" "$2" -
}`
