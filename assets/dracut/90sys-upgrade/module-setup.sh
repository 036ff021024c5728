#!/bin/bash
# shellcheck disable=SC2154 # dracut sets moddir and initdir
# Makes an initramfs that ends in upgrade.target instead of switching to the root.
#
# Layout at build time: every module of ours lies in modules.d as it lies below assets/dracut/ (staged on the host as
# /var/lib/upgrade-push/stage/dracut/<NNname>/), and the units of assets/systemd/ are copied into this module's folder,
# so that upgrade.target and upgrade.service are found in $moddir.

# Only on request: an image with this module never boots the system that built it.
check() {
    return 255
}

depends() {
    echo base systemd systemd-initrd dracut-systemd rootfs-block
}

# An image that lacks a part of ours must not be built: it would strand the machine that boots it.
or_die() {
    "$@" || {
        dfatal "sys-upgrade: failed: $*"
        exit 1
    }
}

write_defaults() {
    echo 'rd.shell=0 rd.emergency=reboot rd.timeout=180' >"$initdir/etc/cmdline.d/20-upgrade.conf"
}

# A machine whose service manager hangs is reset by its hardware watchdog, where it has one: the driver must be there. These are only those
# that udev loads by itself; what a host's own watchdog needs beside them is asked for by the built-in rule watchdog-drivers.
installkernel() {
    instmods '=drivers/watchdog'
}

install() {
    local bin=/usr/lib/upgrade-push units=${systemdsystemunitdir:-/usr/lib/systemd/system} unit part

    or_die inst_multiple base64 cat date grep gzip journalctl ln mkdir mount mountpoint mv rm setsid sh sha256sum sleep stat sync systemctl \
        tail tee timeout umount uname

    for part in after-reset guard heartbeat lib lift progress record runner selinux shell waiting; do
        or_die inst_simple "$moddir/$part.sh" "$bin/$part.sh"
    done
    for part in console upgrade report menu inband; do
        or_die inst_script "$moddir/$part.sh" "$bin/$part"
    done
    for part in follow status; do
        or_die inst_script "$moddir/upgrade-$part.sh" "/usr/bin/upgrade-$part"
    done
    for part in resume reboot; do
        or_die inst_script "$moddir/order.sh" "/usr/bin/upgrade-$part"
    done
    or_die inst_script "$moddir/generator.sh" "${systemdutildir:-/usr/lib/systemd}/system-generators/upgrade-generator"
    # Which of the two hooks dracut takes when it gives up depends on its version and on where it stands.
    or_die inst_hook emergency 10 "$moddir/emergency-hook.sh"
    or_die inst_hook shutdown-emergency 10 "$moddir/emergency-hook.sh"
    # Kernel arguments that hold whatever the boot entry says; it may override the seconds. Dracut waits for the root without a limit by itself.
    mkdir -p "$initdir/etc/cmdline.d"
    or_die write_defaults
    mkdir -p "$initdir$bin/steps"

    for unit in upgrade.target upgrade.service upgrade-console.service; do
        or_die inst_simple "$moddir/$unit" "$units/$unit"
    done
    # For a boot that lost rd.systemd.unit=: without the upgrade it would wait in initrd.target for ever.
    mkdir -p "$initdir$units/initrd.target.wants"
    or_die ln_r "$units/upgrade.target" "$units/initrd.target.wants/upgrade.target"

    # Nothing leads out of the initramfs but a reboot.
    or_die inst_simple "$moddir/initrd-cleanup.conf" /etc/systemd/system/initrd-cleanup.service.d/upgrade.conf
    or_die inst_simple "$moddir/never.conf" /etc/systemd/system/dracut-pre-pivot.service.d/upgrade.conf
    for unit in initrd-switch-root.target initrd-switch-root.service; do
        or_die ln -sfn /dev/null "$initdir/etc/systemd/system/$unit"
    done
    # Three keys at some console must not cut a transaction short.
    or_die ln -sfn /dev/null "$initdir/etc/systemd/system/ctrl-alt-del.target"
    for unit in emergency.service rescue.service dracut-emergency.service; do
        or_die inst_simple "$moddir/emergency.conf" "/etc/systemd/system/$unit.d/upgrade.conf"
    done
    for unit in emergency.target rescue.target; do
        or_die inst_simple "$moddir/emergency-target.conf" "/etc/systemd/system/$unit.d/upgrade.conf"
    done
    or_die inst_simple "$moddir/manager.conf" /etc/systemd/system.conf.d/upgrade.conf
}
