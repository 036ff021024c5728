#!/usr/bin/env bash
# The unit tests and the built command line under Node 24, which the npm registry carries as the package `node`.
set -euo pipefail
cd "$(dirname "$0")/.."
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
(cd "$dir" && printf "%s" "{\"private\":true,\"allowScripts\":{\"node\":true}}" >package.json && npm install --silent --no-audit --no-fund node@24 >/dev/null)
node24=$dir/node_modules/node/bin/node
"$node24" --version
"$node24" dist/upgrade-push.mjs --version
said=$("$node24" dist/upgrade-push.mjs --version 2>&1 >/dev/null)
[ -z "$said" ] || { echo "under Node 24 it says: $said" >&2; exit 1; }
"$node24" dist/upgrade-push.mjs -i 'web1,web2,' --syntax-check playbooks/initramfs.yml playbooks/cancel.yml
"$node24" node_modules/vitest/vitest.mjs run --project unit
