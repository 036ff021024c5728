#!/bin/bash
# bootstrap.sh SUITE TREE KERNEL PACKAGES: unpacks a Debian suite into TREE and its cloud kernel into KERNEL.
#
# Mirror and keyring come from the machine's own apt sources: the suites differ, the archive is the same.
# The kernel's package is only unpacked: its maintainer scripts would build an initramfs and look for a boot loader.
set -euo pipefail

suite=$1 tree=$2 kernel=$3 packages=$4
host_suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

mirror=$(apt-get indextargets --format '$(RELEASE) $(COMPONENT) $(REPO_URI)' "Codename: $host_suite" |
  awk -v suite="$host_suite" '$1 == suite && $2 == "main" { sub("/$", "", $3); print $3; exit }')
if [ -z "$mirror" ]; then
  echo "bootstrap: the apt sources of this machine name no archive for '$host_suite main'" >&2
  exit 1
fi

options=()
while read -r name value; do
  options+=("--aptopt=$name $value")
done < <(apt-config dump | grep -E '^Acquire::https?::(Proxy|Verify-|CaInfo)' || true)
for path in man doc locale info lintian bug; do
  options+=("--dpkgopt=path-exclude=/usr/share/$path/*")
done

cd "$(dirname "$tree")" # apt's sandbox user needs a working directory that it can enter
mmdebstrap --quiet --variant=minbase --mode=root --architectures=amd64 "${options[@]}" \
  --aptopt='Apt::Install-Recommends "false"' --aptopt='Acquire::Retries "3"' --keyring="$keyring" \
  --include="$packages" \
  --customize-hook='image=$(APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-cache depends linux-image-cloud-amd64 | awk "/Depends: linux-image/ { print \$2; exit }") &&
    mkdir "$1/kernel-deb" && cd "$1/kernel-deb" &&
    APT_CONFIG=$MMDEBSTRAP_APT_CONFIG apt-get -q -q -o APT::Sandbox::User=root download "$image"' \
  "$suite" "$tree" "deb $mirror $suite main"
dpkg-deb -x "$tree"/kernel-deb/*.deb "$kernel"
rm -rf "$tree/kernel-deb"
