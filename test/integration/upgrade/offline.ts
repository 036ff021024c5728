import type { CommandResult } from '../../../src/remote/types.ts'
import type { Kill, RpmHost } from './rpm-host.ts'

// What the initramfs does around transaction.sh: the container's root with the host's at /installroot, real and writable.
const RUN = `T=/var/lib/upgrade-push/target
mount --make-rprivate /
mkdir -p $T/installroot
mount --rbind / $T/installroot && mount --rbind /dev $T/dev && mount --rbind /proc $T/proc && mount -t tmpfs tmpfs $T/run && mount -t tmpfs tmpfs $T/tmp
chroot $T /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root /bin/sh /installroot/var/lib/upgrade-push/transaction.sh`

/** A line of progress. */
export interface Progress {
  readonly event: string
  readonly [field: string]: unknown
}

export interface OfflineResult extends CommandResult {
  readonly progress: readonly Progress[]
}

/** Runs a stage of the frozen transaction on a host, as its upgrade image would. */
export async function offline(host: RpmHost, stage: string, options: { kill?: Kill } = {}): Promise<OfflineResult> {
  // The progress comes on standard output here, so that a test can kill the run at what it says.
  const result = await host.sh(`${RUN} ${stage} 3>&1 >/var/log/transaction.out`, options)
  const progress = result.stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .flatMap((line) => {
      try {
        return [JSON.parse(line) as Progress]
      } catch {
        return [] // cut off by the kill
      }
    })
  return { ...result, progress }
}

/** Installed packages, sorted, duplicates and all. */
export async function installed(host: RpmHost): Promise<string[]> {
  const { stdout } = await host.sh("rpm -qa --qf '%{NEVRA}\\n' | grep -v ^gpg-pubkey | sort")
  return stdout.trim().split('\n')
}
