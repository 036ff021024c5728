import type { Finding } from '../../contract.ts'
import type { FstabEntry } from '../host/tables.ts'
import type { Rule } from './situation.ts'

const PSEUDO_POINTS = ['/proc', '/sys', '/dev', '/run']
/** Where entries of their own are usual. */
const PSEUDO_USUAL = ['/dev/shm', '/dev/pts', '/dev/hugepages', '/dev/mqueue', '/run/user']
const PSEUDO_TYPES = [
  'proc',
  'sysfs',
  'devtmpfs',
  'tmpfs',
  'devpts',
  'hugetlbfs',
  'securityfs',
  'debugfs',
  'efivarfs',
  'bpf',
]

/** The image mounts the whole of fstab below the old root; what is ambiguous there fails in the dark. */
export const fstab: Rule = ({ host }) => {
  const entries = host.fstab.filter(({ file, type }) => file.startsWith('/') && type !== 'swap')
  return [...duplicates(entries), ...overshadowing(entries), ...pseudo(entries)]
}

function duplicates(entries: readonly FstabEntry[]): Finding[] {
  const points = entries.map(({ file }) => file)
  const twice = [...new Set(points.filter((point, at) => points.indexOf(point) !== at))]
  if (twice.length === 0) return []
  return [
    {
      key: 'fstab_duplicates',
      severity: 'inhibitor',
      title: 'mount points that stand twice in /etc/fstab',
      detail: twice
        .map(
          (point) =>
            `${point} (${entries
              .filter(({ file }) => file === point)
              .map(({ spec }) => spec)
              .join(', ')})`,
        )
        .join('; '),
      remedy: 'Leave one line for each mount point.',
    },
  ]
}

/** A file system that is mounted above another one that stands before it hides that one. */
function overshadowing(entries: readonly FstabEntry[]): Finding[] {
  const hidden = entries.flatMap((entry, at) =>
    entries
      .slice(at + 1)
      .filter(
        (later) => later.file !== entry.file && entry.file.startsWith(later.file === '/' ? '/' : `${later.file}/`),
      )
      .map((later) => `${later.file} (${later.spec}) hides ${entry.file} (${entry.spec})`),
  )
  if (hidden.length === 0) return []
  return [
    {
      key: 'fstab_overshadowing',
      severity: 'inhibitor',
      title: 'lines of /etc/fstab in an order that hides mounts',
      detail: hidden.join('; '),
      remedy: 'Put the line of the upper directory before those below it.',
    },
  ]
}

function pseudo(entries: readonly FstabEntry[]): Finding[] {
  const wrong = entries.filter(
    ({ file, type }) =>
      PSEUDO_POINTS.some((point) => file === point || file.startsWith(`${point}/`)) &&
      !PSEUDO_TYPES.includes(type) &&
      !PSEUDO_USUAL.some((point) => file === point || file.startsWith(`${point}/`)),
  )
  if (wrong.length === 0) return []
  return [
    {
      key: 'fstab_pseudo',
      severity: 'inhibitor',
      title: 'lines of /etc/fstab that cover the kernel’s own file systems',
      detail: wrong.map(({ file, spec, type }) => `${file} (${spec}, ${type})`).join('; '),
      remedy: 'Take these lines out.',
    },
  ]
}
