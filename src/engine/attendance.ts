import type { Step } from '../plan/plan.ts'
import { RemoteError } from '../remote/types.ts'
import type { Sight, UpgradeRecord } from '../tasks/contract.ts'
import type { DriverInput } from './driver-input.ts'
import type { Away, HostRun } from './host-run.ts'
import { Refusal } from './remote-failure.ts'

/** Prints the boot, and `rebooting` once this boot is on its way down for the upgrade. Needs no rights. */
const LOOK = `cat /proc/sys/kernel/random/boot_id && if [ -e /run/upgrade-push.reboot ]; then echo rebooting; fi`
const LOOK_TIMEOUT_MS = 120_000

/**
 * Whether an earlier run left this host in the middle of its upgrade. Only hosts that the controller remembers are looked at, once a run.
 * Where no step to come would follow the host, it is a host like any other, but one that answers from its image is refused: no system is there.
 * Throws RemoteError, Refusal or UserError.
 */
export async function awayHost(input: DriverInput, step: Step): Promise<Away | undefined> {
  const { run, ports, context } = input
  if (run.away !== 'unknown') return run.away
  const record = ports.upgrades.recall(run.name)
  const followed = context.planned.steps.slice(step.index).some(({ plugin }) => plugin.attend)
  const sight = record && (await sightOf(input, run, record))
  run.away = record && sight && followed ? { record, sight } : undefined
  if (record && !sight) await ports.upgrades.forget(run.name)
  if (sight?.from === 'image' && !followed) {
    throw new Refusal(
      `the upgrade is running on this host: ${sight.text}`,
      'no step of this play follows it; run playbooks/upgrade.yml to go on watching',
    )
  }
  return run.away
}

/** Undefined when the reboot was never asked for: the old system runs as if nothing had happened. */
async function sightOf(input: DriverInput, run: HostRun, record: UpgradeRecord): Promise<Sight | undefined> {
  const { ports, context, sessions, interrupts } = input
  const variables = () => context.connectionVariables(run)
  try {
    const answer = await ports.answer(run.name, variables(), record.image ?? undefined, interrupts.signal)
    if (answer.from === 'image') {
      answer.session.close()
      return { from: 'image', text: 'it answers from the upgrade image' }
    }
    const { readOnly } = await sessions.access(run.name, variables, undefined)
    const [seen] = await readOnly.probe([{ script: LOOK, onFailure: 'continue', timeoutMs: LOOK_TIMEOUT_MS }])
    const [bootId, mark] = seen?.stdout.split('\n') ?? []
    if (bootId !== record.before.bootId) return { from: 'system', text: 'it has booted since' }
    return mark === 'rebooting' ? { from: 'system', text: 'it is going down for the upgrade' } : undefined
  } catch (error) {
    const gone =
      error instanceof RemoteError && ['unreachable', 'auth', 'lost', 'timeout', 'protocol'].includes(error.kind)
    if (!gone) throw error
    await sessions.hangUp(run.name)
    return { from: 'nobody', text: `it does not answer (${error.message})` }
  }
}
