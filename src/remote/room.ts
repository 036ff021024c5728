import { STATE_DIR } from './state.ts'

/** Where the sandbox of a check keeps its room, and the variable that names it there; unset where there is none. */
export const ROOM = {
  variable: 'UPGRADE_PUSH_ROOM',
  root: '/dev/shm/upgrade-push.room',
  work: '/dev/shm/upgrade-push.work',
} as const

/** The host's root as seen from inside a room. */
export const INSTALL_ROOT = '/installroot'

/**
 * `make_room V W`: makes at the directory V a root in which programs of the container see the host at ${INSTALL_ROOT} with its real mounts;
 * but where the host has its RPM database and dnf's records there are W/rpmdb and W/records, and with W/state there, that is our state
 * folder. The room's /etc is an empty folder, its /run and /tmp are its own. Needs the right to mount, in a private mount namespace; what is
 * read-only there is read-only in the room. A room is made empty: \`fill_room\` brings the container's /etc and copies of the databases.
 */
export const MAKE_ROOM = `make_room() {
  mkdir -p "$2/rpmdb" "$2/records" "$1${INSTALL_ROOT}" && mount -n --rbind / "$1${INSTALL_ROOT}" || return 1
  for entry in ${STATE_DIR}/target/*; do
    name=\${entry##*/}
    case $name in dev|proc|sys|run|tmp|etc|boot|installroot) continue ;; esac
    if [ -L "$entry" ]; then cp -P "$entry" "$1/$name" || return 1
    elif [ -d "$entry" ]; then mkdir "$1/$name" && mount -n --rbind "$entry" "$1/$name" || return 1
    fi
  done
  mkdir "$1/dev" "$1/proc" "$1/etc" "$1/run" "$1/tmp" && mount -n --rbind /dev "$1/dev" && mount -n --rbind /proc "$1/proc" || return 1
  for place in /usr/lib/sysimage/rpm /var/lib/rpm; do
    [ ! -L "$place" ] && { [ -s "$place/rpmdb.sqlite" ] || [ -s "$place/Packages.db" ] || [ -s "$place/Packages" ]; } || continue
    mount -n --bind "$2/rpmdb" "$1${INSTALL_ROOT}$place" && break || return 1
  done
  [ ! -d /var/lib/dnf ] || mount -n --bind "$2/records" "$1${INSTALL_ROOT}/var/lib/dnf" || return 1
  [ ! -d "$2/state" ] || mount -n --bind "$2/state" "$1${INSTALL_ROOT}${STATE_DIR}" || return 1
}`

/** Fills a room with what it has copies of, as it is now. Writes in V/etc, W/rpmdb and W/records alone. */
export const FILL_ROOM = `fill_room() {
  rm -rf "$1/etc" "$2/rpmdb"/* "$2/records"/* && cp -R --preserve=mode,links,timestamps ${STATE_DIR}/target/etc "$1/etc" || return 1
  for file in resolv.conf hosts; do
    [ ! -f "/etc/$file" ] || { rm -f "$1/etc/$file" && cat "/etc/$file" >"$1/etc/$file"; } || return 1
  done
  for file in rpmdb.sqlite rpmdb.sqlite-wal Packages.db Packages; do
    for place in /usr/lib/sysimage/rpm /var/lib/rpm; do
      [ -L "$place" ] || [ ! -s "$place/$file" ] || { cp "$place/$file" "$2/rpmdb/$file" && break; } || return 1
    done
  done
  [ ! -d /var/lib/dnf ] || cp -R --preserve=mode,timestamps /var/lib/dnf/. "$2/records" || return 1
}
# in_room V NAME=VALUE... COMMAND...: runs a command in a room, with an environment of its own.
in_room() {
  room=$1
  shift
  chroot "$room" /usr/bin/env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@" </dev/null
}`
