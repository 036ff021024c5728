import { HOST, STATE } from '../layout.ts'

/**
 * `current_inputs` sets what a plan stands on, as it is now: $container, the digest of the container's content; $rpmdb, of the host's RPM
 * database; $transaction, of what was asked ($ASKED, a digest) and of the repositories that the container was made from; $release, the
 * host's own; $home, the mount point below which packages are kept and what is free there in KiB; $have, the bytes of packages that are
 * there. Empty $container: there is none. Needs `rpmdb_digest`.
 */
export const CURRENT_INPUTS = `current_inputs() {
  container=$(sed -n 's/.*"digest":"\\([0-9a-f]\\{64\\}\\)".*/\\1/p' ${HOST.targetManifest} 2>/dev/null)
  made_from=$(sed -n 's/.*"inputs":\\(.*\\),"pins":{.*/\\1/p' ${HOST.targetManifest} 2>/dev/null)
  transaction=$(printf '%s %s' "$ASKED" "$made_from" | sha256sum | cut -c1-64)
  rpmdb=$(rpmdb_digest '')
  release=$(. /etc/os-release && echo "\${VERSION_ID-}")
  home=$(df -Pk ${STATE} | awk 'NR == 2 { print $6 " " $4 }')
  have=$(find ${HOST.packages} -name "*.rpm" -printf "%s\\n" 2>/dev/null | awk '{ sum += $1 } END { printf "%d", sum }')
}`

/** Words of shell that hand these to the plugin's first stage. */
export const STAGE_ENVIRONMENT = [
  'UPGRADE_PUSH_CONTAINER="$container"',
  'UPGRADE_PUSH_RPMDB="$rpmdb"',
  'UPGRADE_PUSH_TRANSACTION="$transaction"',
  'UPGRADE_PUSH_RELEASE="$release"',
  'UPGRADE_PUSH_HOME="$home"',
  'UPGRADE_PUSH_HAVE="$have"',
].join(' ')
