import type { Fleet } from '../fleet/fleet.ts'
import { differences, type Tree } from '../fleet/tree.ts'
import type { Run } from './runs.ts'

/** Something that the demo says is so, and what was found when it looked. */
export interface Claim {
  text: string
  /** Empty: it holds. */
  against: string[]
}

const UNREACHABLE = 4

const HEALTHY = ['plain', 'lvm', 'requests']
const healthy = (fleet: Fleet) => fleet.hosts.filter((host) => HEALTHY.includes(host.kind)).map((host) => host.name)

function counts(run: Run, hosts: readonly string[], test: (count: Record<string, number>) => boolean): string[] {
  return hosts.filter((host) => !test(run.recap.get(host) ?? {})).map((host) => `${host}: not so in the recap`)
}

/** What each special host must be told, in which words. */
const WORDS: readonly (readonly [host: string, count: string, words: RegExp])[] = [
  ['small1', 'failed', /\/boot\b.*(MiB|GiB|KiB|bytes)/],
  ['conflict1', 'failed', /site-banner/],
  ['down1', 'unreachable', /refused/i],
  ['rekeyed1', 'unreachable', /host key/i],
]

/** Claims about the exit code and the special hosts, which are the same for every run on all hosts. */
export function brokenHosts(run: Run): Claim[] {
  const lines = run.output.split('\n')
  return [
    {
      text: `${run.title}: exit code ${UNREACHABLE}, for hosts that could not be reached`,
      against: run.exitCode === UNREACHABLE ? [] : [`it was ${run.exitCode}`],
    },
    ...WORDS.map(([host, count, words]) => {
      const at = lines.findIndex((line) => line.includes(`[${host}]`) && /fatal|refused|unreachable/i.test(line))
      const said = at >= 0 && words.test(lines.slice(at, at + 6).join('\n'))
      const counted = (run.recap.get(host)?.[count] ?? 0) > 0
      return {
        text: `${run.title}: ${host} counts as ${count} and is told why`,
        against: [...(counted ? [] : ['not in the recap']), ...(said ? [] : [`no line for it says ${words.source}`])],
      }
    }),
  ]
}

/** A check must show work to do on each healthy host and write nothing anywhere. */
export function checkWroteNothing(
  fleet: Fleet,
  run: Run,
  before: ReadonlyMap<string, Tree>,
  after: typeof before,
): Claim[] {
  const written = [...before].flatMap(([host, tree]) => {
    const paths = differences(tree, after.get(host) ?? new Map())
    return paths.slice(0, 5).map((path) => `${host}: ${path}`)
  })
  return [
    {
      text: `${run.title}: every healthy host has changes pending`,
      against: counts(run, healthy(fleet), (count) => (count.changed ?? 0) > 0 && count.failed === 0),
    },
    { text: `${run.title}: not one file of ${before.size} hosts differs afterwards`, against: written },
  ]
}

/** An apply must succeed on each healthy host; `changing` says whether it may still change something. */
export function applied(fleet: Fleet, run: Run, changing: boolean): Claim {
  return {
    text: changing ? `${run.title}: every healthy host was changed` : `${run.title}: changed=0 on every healthy host`,
    against: counts(
      run,
      healthy(fleet),
      (c) => c.failed === 0 && c.changed !== undefined && c.changed > 0 === changing,
    ),
  }
}

/** What lay in /boot before lies there still, to the bit, and small1 was left alone. */
export function oldBootUntouched(before: ReadonlyMap<string, Tree>, after: typeof before): Claim {
  const against: string[] = []
  for (const [host, tree] of before) {
    for (const path of differences(tree, after.get(host) ?? new Map(), '/boot/')) {
      // New files and the times of the folders that they are in are what the apply is for.
      const old = tree.get(path)
      if (old !== undefined && !old.startsWith('4')) against.push(`${host}: ${path}`)
      if (old === undefined && host === 'small1') against.push(`${host}: ${path} is new`)
    }
  }
  return { text: 'the old kernel, image, boot entry and loader settings are bit-identical to before', against }
}

/** The image of each healthy host holds both dracut modules and the units; req1's what was asked for besides. */
export async function imagesHoldAll(fleet: Fleet): Promise<Claim> {
  const wanted = ['sys-upgrade', 'sys-upgrade-redhat', 'upgrade.target', 'upgrade.service']
  const extra: Record<string, string[]> = { req1: ['site-banner', 'dummy.ko', 'null_blk.ko'], lvm1: ['sbin/lvm'] }
  const against: string[] = []
  for (const host of healthy(fleet)) {
    const target = '/var/lib/upgrade-push/target'
    // The container's own lsinitrd reads what the container's dracut wrote.
    const script = `image=$(echo /boot/initramfs-upgrade.*.img) && test -s "$image" &&
      cp "$image" /tmp/image && unshare --mount sh -c 'mount --bind /tmp ${target}/tmp && chroot ${target} lsinitrd /tmp/image'
      code=$?; rm -f /tmp/image; exit $code`
    const listing = await fleet.exec(host, ['sh', '-c', script]).then(
      ({ stdout }) => stdout,
      (error: Error) => `unreadable: ${error.message}`,
    )
    const missing = [...wanted, ...(extra[host] ?? [])].filter((item) => !listing.includes(item))
    if (missing.length > 0) against.push(`${host}: no ${missing.join(', ')}`)
  }
  return {
    text: "each image holds both dracut modules, the units and the host's own requests, as lsinitrd lists them",
    against,
  }
}

/** Exactly one boot entry more than before, and GRUB's environment arms nothing. */
export async function oneEntryMore(fleet: Fleet): Promise<Claim> {
  const against: string[] = []
  for (const host of healthy(fleet)) {
    const script = 'ls /boot/loader/entries | wc -l; grub2-editenv - list | grep -c ^next_entry=.; true'
    const [entries, armed] = (await fleet.exec(host, ['sh', '-c', script])).stdout.trim().split('\n')
    if (entries !== '2') against.push(`${host}: ${entries} entries`)
    if (armed !== '0') against.push(`${host}: armed`)
  }
  return { text: 'each healthy host has one boot entry more, and none is armed', against }
}
