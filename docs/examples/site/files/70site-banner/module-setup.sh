#!/bin/bash
# shellcheck disable=SC2154 # dracut sets moddir

check() { return 255; }

depends() { echo base; }

install() {
    inst_multiple pvscan
    inst_hook pre-mount 50 "$moddir/site-banner.sh"
}
