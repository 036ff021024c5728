#!/bin/bash
# shellcheck disable=SC2154 # dracut sets moddir and initdir
# The steps of the upgrade of an RPM system: each file of steps/ is NN-name, run in the order of the numbers by sys-upgrade.

check() {
    return 255
}

depends() {
    echo sys-upgrade
}

install() {
    local step part bin=/usr/lib/upgrade-push
    {
        inst_multiple chroot findfs findmnt mkdir mkfifo mount mountpoint rm sha256sum sleep sync tail tee unshare &&
            inst_simple "$moddir/relay.sh" "$bin/relay.sh" &&
            inst_script "$moddir/enter.sh" "$bin/in-root" &&
            inst_script "$moddir/enter.sh" "$bin/in-container"
    } || {
        dfatal 'sys-upgrade-redhat: a tool or script that the steps need is missing'
        exit 1
    }
    # shellcheck source=mounts/install.sh
    . "$moddir/mounts/install.sh"
    install_mounts || {
        dfatal "sys-upgrade-redhat: the mount units of the host's fstab could not be installed"
        exit 1
    }
    # The final steps' parts run in the new root: the shell and the tools are its own.
    for part in "$moddir"/finish/*; do
        inst_simple "$part" "/usr/lib/upgrade-push/finish/${part##*/}" || {
            dfatal "sys-upgrade-redhat: the final step $part could not be installed"
            exit 1
        }
    done
    for step in "$moddir"/steps/*; do
        inst_script "$step" "$bin/steps/${step##*/}" || {
            dfatal "sys-upgrade-redhat: the step $step could not be installed"
            exit 1
        }
    done
}
