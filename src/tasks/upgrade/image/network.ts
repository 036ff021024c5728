import { quote } from '../../../remote/quote.ts'
import type { ImageNetwork } from '../request.ts'

/**
 * Where 80sys-upgrade-network looks for what belongs to one image, in the container. It lies on the container's own /run, a tmpfs of the
 * build's mount namespace: the private host key is never written to the disk but in the image, and goes with whatever ends the build.
 */
const GIVEN = '/run/upgrade-push-network'
const HOST_KEY = `${GIVEN}/ssh_host_ed25519_key`

/** Puts the network's files, the authorized key and a fresh host key where the dracut module finds them. */
export function networkFiles(network: ImageNetwork | undefined): string {
  if (network === undefined) return ':'
  const files = [
    // No tunnels into whatever the host can reach; a terminal for the person who looks around.
    { name: 'authorized_keys', text: `restrict,pty ${network.authorizedKey}\n` },
    { name: 'port', text: `Port ${network.port}\n` },
    ...network.files,
  ]
  const write = files.map(({ name, text }) => `printf %s ${quote(text)} >"$T${GIVEN}/"${quote(name)}`)
  return `(umask 077 && mkdir "$T${GIVEN}" && ${write.join(' && ')}) && chmod 644 "$T${GIVEN}"/* || fail 'the network files can not be put in place'
in_container ssh-keygen -q -t ed25519 -N '' -C upgrade-push -f ${HOST_KEY} || fail 'no host key could be made: request the package that has ssh-keygen'`
}

/** The image's only private host key is the one made for it, and nobody but root reads it in the running image. */
export const PROVE_KEYS = `foreign=$(awk '/ etc\\/ssh\\/ssh_host_[^ ]*_key$/ { print $NF }' "$W/listing" | paste -s -d ' ')
[ -z "$foreign" ] || fail "the image would hold a private host key ($foreign): take it out of include_files"
exposed=$(awk '/ etc\\/upgrade-ssh\\/ssh_host_[^ ]*_key$/ && $1 !~ /^-rw-------/ { print $1 }' "$W/listing")
[ -z "$exposed" ] || fail "the image's host key has the mode $exposed"`

/** Shell words that give the `ssh` of the artifacts' manifest as JSON. */
export function sshManifest(network: ImageNetwork | undefined): string {
  if (network === undefined) return 'null'
  const authorized = JSON.stringify(network.authorizedKey)
  return `'{"hostKey":"'"$(cut -d ' ' -f 1,2 "$T${HOST_KEY}.pub")"'","authorizedKey":'${quote(authorized)}'}'`
}
