import { run } from '../command.ts'

/**
 * Builds the installed system's initramfs with its own dracut, in namespaces that end with it.
 *
 * @param root the system's tree.
 * @param modules dracut modules beyond what the system's configuration names.
 * @param image the path to write.
 */
export async function makeInitramfs(
  root: string,
  kver: string,
  modules: readonly string[],
  image: string,
): Promise<void> {
  const script = `set -e
    root=$1 kver=$2 image=$3; shift 3
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount -t tmpfs tmpfs "$root/run"
    mount --rbind /dev "$root/dev"
    chroot "$root" dracut --quiet --force --kver "$kver" "$@" /tmp/initrd
    mv "$root/tmp/initrd" "$image"`
  const add = modules.length > 0 ? ['--add', modules.join(' ')] : []
  const own = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', script, 'sh'] as const
  await run([...own, root, kver, image, ...add])
}
