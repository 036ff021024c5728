import type { PhaseReport } from '../../tasks/contract.ts'
import type { TaskProfile } from './profile.ts'

/** Reports of a phase that counts packages, and of one that does not. A real host is told of every few seconds. */
const COUNTED_REPORTS = 20
const PLAIN_REPORTS = 2
/** The phase that counts. */
const COUNTING = 'transaction'
const PACKAGES = [
  'glibc',
  'systemd',
  'openssl-libs',
  'kernel-core',
  'dnf',
  'rpm',
  'bash',
  'openssh-server',
  'grub2',
  'selinux-policy',
]

export interface Moment {
  /** Seconds after the step began to act. */
  readonly at: number
  /** When its phase began. */
  readonly began: number
  readonly report: PhaseReport
}

/** What is told of a host that goes through all phases in so many seconds. */
export function* phasesOf({ phases = {}, packages = 0 }: TaskProfile, seconds: number): Generator<Moment> {
  const sum = Object.values(phases).reduce((all, one) => all + one, 0)
  let began = 0
  for (const [phase, share] of Object.entries(phases)) {
    const length = (seconds * share) / sum
    const counts = phase === COUNTING && packages > 0
    const reports = counts ? COUNTED_REPORTS : PLAIN_REPORTS
    for (let i = 0; i < reports; i++) {
      const spent = (length * i) / reports
      const n = Math.floor((packages * i) / reports)
      const text = counts ? { n, of: packages, text: `Upgrading ${PACKAGES[i % PACKAGES.length]}` } : {}
      yield { at: began + spent, began, report: { phase, state: 'running', seconds: Math.round(spent), ...text } }
    }
    yield { at: began + length, began, report: { phase, state: 'done', seconds: Math.round(length) } }
    began += length
  }
}

/** The same phase later on. */
export function atPhase({ report }: Moment, state: PhaseReport['state'], seconds: number): PhaseReport {
  return { ...report, state, seconds: Math.round(seconds) }
}
