#!/bin/bash
# lab/setup.sh: makes a fresh Debian 12 machine fit for the demo, the tests and the benchmark. Run again it says nothing.
#
# It installs build tools from the machine's own apt sources and the project's npm packages, and starts no service.
set -euo pipefail
cd "$(dirname "$0")/.."

PACKAGES=(
  ansible-core ca-certificates cpio createrepo-c debian-archive-keyring dnf dosfstools e2fsprogs fdisk gcc gnupg grub-efi-amd64-bin iproute2 libc6-dev
  mmdebstrap mtools openssh-client openssh-server openssl ovmf patch python3 qemu-system-x86 qemu-utils rpm rpm2cpio sudo tmux
  util-linux xz-utils zstd
)
POLICY=/usr/sbin/policy-rc.d
MARK='# Written by lab/setup.sh of upgrade-push: no service starts while its tools are installed.'

die() {
  echo "setup: $1" >&2
  exit 1
}

# A service policy of ours that a killed run left behind goes; one that the machine had comes back.
restore_policy() {
  if grep -qsF "$MARK" "$POLICY"; then rm -f "$POLICY"; fi
  if [ -e "$POLICY.before-lab" ]; then mv -f "$POLICY.before-lab" "$POLICY"; fi
}

enabled_units() {
  find /etc/systemd/system -path '*.wants/*' -printf '%f\n' 2>/dev/null | sort -u
}

install_packages() {
  local log before unit
  echo "setup: installing with apt-get: $*"
  log=$(mktemp)
  before=$(enabled_units)
  trap 'restore_policy; rm -f "$log"' EXIT
  [ ! -e "$POLICY" ] || mv "$POLICY" "$POLICY.before-lab"
  printf '#!/bin/sh\n%s\nexit 101\n' "$MARK" >"$POLICY"
  chmod 755 "$POLICY"
  export DEBIAN_FRONTEND=noninteractive
  local options=(-q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3)
  if ! { apt-get "${options[@]}" update && apt-get "${options[@]}" install -y --no-install-recommends "$@"; } \
    >"$log" 2>&1 </dev/null; then
    tail -n 25 "$log" >&2
    die "apt-get failed; its last lines are above"
  fi
  # What came along as a tool must not be a service after the next boot either.
  for unit in $(comm -13 <(echo "$before") <(enabled_units)); do
    find /etc/systemd/system -path "*.wants/$unit" -delete
  done
  restore_policy
  rm -f "$log"
  trap - EXIT
}

[ -r /etc/os-release ] || die "this machine has no /etc/os-release; the lab needs Debian 12"
system=$(. /etc/os-release && echo "${ID:-} ${VERSION_ID:-}")
[ "$system" = "debian 12" ] || die "the lab needs Debian 12 (bookworm), this is '$system'; a container of it will do, if privileged"
[ "$(id -u)" = 0 ] || die "the lab needs root: it mounts, makes namespaces and installs packages; try: sudo npm run demo"
node -e 'const [a, b] = process.versions.node.split("."); process.exit(a > 20 || (a == 20 && b >= 19) ? 0 : 1)' ||
  die "Node 20.19 or newer is needed, this is $(node --version)"

restore_policy
missing=$(comm -13 \
  <(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${PACKAGES[@]}" 2>/dev/null | sed -n 's/^installed //p' | sort) \
  <(printf '%s\n' "${PACKAGES[@]}" | sort))
# shellcheck disable=SC2086 # package names hold no spaces
[ -z "$missing" ] || install_packages $missing

# npm writes its own copy of the lock last: newer than the lock it means complete, and ours tells a changed lock exactly.
if ! cmp -s package-lock.json node_modules/.lab-lock; then
  if [ -e node_modules/.lab-lock ] || [ ! node_modules/.package-lock.json -nt package-lock.json ]; then
    echo 'setup: npm ci'
    # npm ci refuses a lock that doesn't name the optional packages of every platform, as one written where the registry
    # lacks some doesn't; install takes the locked versions all the same, and with --no-save leaves the lock alone.
    npm ci --no-audit --no-fund --loglevel=silent || npm install --no-save --no-audit --no-fund --loglevel=error
  fi
  cp package-lock.json node_modules/.lab-lock
fi
