# shellcheck shell=bash disable=SC2154 # dracut sets moddir and initdir
# Sourced by module-setup.sh: puts the mount units of the host's fstab into the image. They come as one text, fstab.bundle, that was made
# from the host's fstab when this module was staged: a line `### PATH` begins each file.

# unpack_bundle FILE DIRECTORY: fails when a file of it could not be written, or has no business in the image.
unpack_bundle() {
    local line file=''
    [[ -r $1 ]] || return 1
    while IFS= read -r line; do
        if [[ $line == '### '* ]]; then
            file=${line#'### '}
            case $file in
                */../* | */..) return 1 ;;
                etc/systemd/system/?* | usr/lib/upgrade-push/?*) ;;
                *) return 1 ;;
            esac
            mkdir -p "$2/${file%/*}" && : >"$2/$file" || return 1
        elif [[ -n $file ]]; then
            printf '%s\n' "$line" >>"$2/$file" || return 1
        else
            return 1
        fi
    done <"$1"
    [[ -n $file ]]
}

install_mounts() {
    local units=${systemdsystemunitdir:-/usr/lib/systemd/system}
    inst_multiple mount umount mountpoint "$units/systemd-fsck@.service" "${systemdutildir:-/usr/lib/systemd}/systemd-fsck" &&
        inst_hook initqueue/finished 90 "$moddir/mounts/wait-devices.sh" &&
        unpack_bundle "$moddir/mounts/fstab.bundle" "$initdir" &&
        mkdir -p "$initdir/etc/systemd/system/upgrade.target.wants" &&
        ln -sfn ../upgrade-mounts.target "$initdir/etc/systemd/system/upgrade.target.wants/upgrade-mounts.target"
}
