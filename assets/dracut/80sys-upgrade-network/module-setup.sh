#!/bin/bash
# shellcheck disable=SC2154 # dracut sets moddir, initdir and the systemd paths
# Gives the upgrade image a network and an OpenSSH server, the only thing in it that listens.
#
# The build puts what belongs to one host into $given, a folder of the container's /run that goes with the build:
#   authorized_keys                 the one public key that may log in as root
#   ssh_host_ed25519_key            a host key made for this image alone
#   port                            sshd_config's line of the port that the host's own sshd has
#   *.link *.netdev *.network       for systemd-networkd; without them, something else brings up the network
given=/run/upgrade-push-network

# Only on request.
check() {
    return 255
}

depends() {
    echo sys-upgrade kernel-network-modules
}

# An image that nobody can log in to although it was asked for must not be built.
or_die() {
    "$@" || {
        dfatal "sys-upgrade-network: failed: $*"
        exit 1
    }
}

# user NAME UID HOME: an entry of passwd that can't log in, as the container has it; with UID where the container has none.
user() {
    grep -q "^$1:" "$initdir/etc/passwd" 2>/dev/null && return
    if grep "^$1:" /etc/passwd >>"$initdir/etc/passwd"; then return; fi
    printf '%s:*:%s:%s::%s:/sbin/nologin\n' "$1" "$2" "$2" "$3" >>"$initdir/etc/passwd" &&
        printf '%s:x:%s:\n' "$1" "$2" >>"$initdir/etc/group"
}

# root_by_key: root has a shell and a home, and no password: `*` is none, where `!` would be a locked account that sshd turns away.
root_by_key() {
    local file=$initdir/etc/passwd
    [[ ! -e $file ]] || sed -i '/^root:/d' "$file" || return 1
    printf 'root:*:0:0:root:/root:/bin/sh\n' >>"$file" || return 1
    [[ ! -e $initdir/etc/shadow ]] || sed -i 's/^root:[^:]*:/root:*:/' "$initdir/etc/shadow" || return 1
    mkdir -p "$initdir/root" && chmod 0700 "$initdir/root"
}

# start UNIT: with the first units of the boot; nothing waits for it.
start() {
    local units=${systemdsystemunitdir:-/usr/lib/systemd/system}
    inst_simple "$moddir/$1" "$units/$1" &&
        mkdir -p "$initdir$units/sysinit.target.wants" &&
        ln_r "$units/$1" "$units/sysinit.target.wants/$1"
}

install_networkd() {
    local file
    or_die inst_multiple "${systemdutildir:-/usr/lib/systemd}/systemd-networkd" ip
    or_die user systemd-network 192 /
    for file in "$given"/*.link "$given"/*.netdev "$given"/*.network; do
        [[ ! -e $file ]] || or_die inst_simple "$file" "/etc/systemd/network/${file##*/}"
    done
    or_die start upgrade-network.service
}

# listen FILE: where the host's own sshd does, so that the controller finds the image at the same address and port.
listen() {
    grep '^Port [1-9]' "$given/port" >>"$1"
}

install_sshd() {
    local config=/etc/upgrade-ssh program
    or_die inst_multiple /usr/sbin/sshd
    # Since OpenSSH 9.8 sshd is several programs; where they lie is compiled in.
    for program in /usr/lib/openssh /usr/libexec/openssh /usr/lib/ssh; do
        inst_multiple -o "$program/sshd-session" "$program/sshd-auth"
    done
    or_die user sshd 74 /run/sshd
    or_die root_by_key
    # Where an unprivileged sshd is locked up: the distributions differ.
    or_die mkdir -p "$initdir/usr/share/empty.sshd" "$initdir/var/empty/sshd" "$initdir$config"
    or_die chmod 0711 "$initdir/usr/share/empty.sshd" "$initdir/var/empty/sshd"
    or_die chmod 0700 "$initdir$config"
    or_die inst_simple "$moddir/sshd_config" "$config/sshd_config"
    or_die listen "$initdir$config/sshd_config"
    or_die inst_simple "$given/authorized_keys" "$config/authorized_keys"
    or_die inst_simple "$given/ssh_host_ed25519_key" "$config/ssh_host_ed25519_key"
    or_die chmod 0600 "$initdir$config"/*
    or_die start upgrade-sshd.service
}

# Other modules of dracut that bring up a network let the boot wait for it, NetworkManager's for up to an hour.
never_wait() {
    local unit
    for unit in nm-wait-online-initrd.service systemd-networkd-wait-online.service; do
        or_die inst_simple "$moddir/no-wait.conf" "/etc/systemd/system/$unit.d/upgrade.conf"
    done
}

install() {
    never_wait
    if compgen -G "$given/*.network" >/dev/null; then install_networkd; fi
    install_sshd
}
