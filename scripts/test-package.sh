#!/usr/bin/env bash
# What npm would publish installs and runs in a clean folder, away from this checkout.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
archive=$(npm pack --silent --pack-destination "$dir")
mkdir "$dir/clean"
cd "$dir/clean"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund "$dir/$archive"
run=node_modules/.bin/upgrade-push
"$run" --version
"$run" --help | grep -q 'upgrade-push' || { echo 'no help text' >&2; exit 1; }
printf '[web]\nweb[1:3]\n' > hosts.ini
"$run" inventory -i hosts.ini --graph | grep -q 'web3' || { echo 'inventory does not work' >&2; exit 1; }
"$run" -i hosts.ini --syntax-check node_modules/upgrade-push/playbooks/initramfs.yml
test -f node_modules/upgrade-push/assets/dracut/90sys-upgrade/module-setup.sh
echo "package: $archive installs and runs"
