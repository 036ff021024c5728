#!/bin/sh
# inband-decode.sh CONSOLE-LOG: prints the records that an upgrade image dumped on its console (rd.upgrade.inband=), out of a log of that
# console. Every line was printed several times: what most copies say is taken, and the whole must have the digest that the dump names.
set -u

[ $# -eq 1 ] && [ -r "$1" ] || {
  echo 'usage: inband-decode.sh CONSOLE-LOG' >&2
  exit 2
}
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT

# What lies between the marks of a line decides; lines damaged beyond that form don't count.
awk '
  match($0, /_upi:[0-9]+\/[0-9]+[|][0-9]+:[A-Za-z0-9+\/=,]+[|]/) {
    text = substr($0, RSTART, RLENGTH - 1)
    sub(/^[^|]*[|]/, "", text)
    number = text; sub(/:.*/, "", number); number += 0
    sub(/^[0-9]+:/, "", text)
    if (++votes[number, text] > most[number]) { most[number] = votes[number, text]; best[number] = text }
  }
  END {
    if (!(0 in best)) { print "the log holds no dump: was rd.upgrade.inband= given?" >"/dev/stderr"; exit 1 }
    chunks = best[0]; sub(/^chunks=/, "", chunks); sum = chunks; sub(/,.*/, "", chunks); sub(/.*sha256=/, "", sum)
    for (number = 1; number <= chunks + 0; number++) if (!(number in best)) missing = missing " " number
    if (missing != "") { print "no copy of these lines is whole:" missing >"/dev/stderr"; exit 1 }
    print sum >SUM
    for (number = 1; number <= chunks + 0; number++) print best[number]
  }
' SUM="$work/sum" "$1" >"$work/text" || exit 1
base64 -d <"$work/text" >"$work/records.gz" || exit 1
read -r wanted <"$work/sum"
found=$(sha256sum <"$work/records.gz")
[ "${found%% *}" = "$wanted" ] || {
  echo 'the records are damaged: too many lines of the log are' >&2
  exit 1
}
gzip -dc <"$work/records.gz"
