#!/bin/sh
# launch.sh PID_FILE COMMAND...: records this process before it becomes COMMAND, so that no kill falls between the two.
file=$1
shift
read -r stat </proc/$$/stat
set -- "${stat##*) }" "$@"
# After the command's name, the 20th field is the start time.
record=$(set -- $1 && shift 19 && echo "$1")
shift
echo "$$ $record" >"$file.new" && mv "$file.new" "$file"
umask 022
exec "$@"
