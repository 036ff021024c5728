# shellcheck shell=sh
# target_options ADDED REMOVED: kernel arguments of the new system: those of the old default entry, and the requests'. Both are files of
# one argument a line; `key` stands for any value of it, dashes and underscores in keys are alike, and removal beats addition.
target_options() {
  OPTIONS=$DEFAULT_OPTIONS ADDED=$1 REMOVED=$2 awk '
    function key(arg) { sub(/=.*/, "", arg); gsub(/"/, "", arg); gsub(/-/, "_", arg); return arg }
    function value(arg) { if (!index(arg, "=")) return ""; sub(/^[^=]*=/, "", arg); gsub(/"/, "", arg); return arg }
    function unwanted(arg,  i) {
      for (i = 1; i <= removals; i++)
        if (key(removal[i]) == key(arg) && (!index(removal[i], "=") || value(removal[i]) == value(arg))) return 1
      return 0
    }
    function add(arg) { if (arg != "" && !(arg in seen) && !unwanted(arg)) { seen[arg] = 1; line = line " " arg } }
    BEGIN {
      while ((getline arg < ENVIRON["REMOVED"]) > 0) if (arg != "") removal[++removals] = arg
      rest = ENVIRON["OPTIONS"]
      # A quoted value may hold spaces. What follows -- is for init.
      while (match(rest, /([^ \t"]|"[^"]*"?)+/)) {
        arg = substr(rest, RSTART, RLENGTH)
        rest = substr(rest, RSTART + RLENGTH)
        if (arg == "--") { tail = " --" rest; break }
        if (!unwanted(arg)) { seen[arg] = 1; line = line " " arg }
      }
      while ((getline arg < ENVIRON["ADDED"]) > 0) add(arg)
      print substr(line tail, 2)
    }'
}
