import type { DriverInput } from './driver-input.ts'
import type { HostRun } from './host-run.ts'
import type { Prepared } from './prepare.ts'
import { Refusal } from './remote-failure.ts'
import type { Access } from './sessions.ts'

/** What must be true before a step may even look: root where it needs that, and the host's lock for an exclusive change. Throws Refusal. */
export async function admit(
  { ports, options }: DriverInput,
  { unit, become }: Prepared,
  access: Access,
  where: HostRun,
): Promise<void> {
  const { plugin } = unit.step
  if (plugin.needsRoot && access.uid !== 0) {
    throw new Refusal(
      `${plugin.name} needs root, and runs as user id ${access.uid}`,
      become ? 'set become_user: root' : 'add become: true',
    )
  }
  if (!plugin.exclusive || options.mode === 'check' || !access.writable || where.locked) return
  const owner = ports.lockOwner()
  const outcome = await access.writable.lock(owner)
  if (outcome.kind === 'held') {
    throw new Refusal(
      `another run holds this host: ${outcome.by}, run ${outcome.run}, since ${outcome.since}`,
      heldRemedy(outcome, owner.who),
    )
  }
  where.locked = true
  where.unlock = () => access.writable?.unlock() ?? Promise.resolve()
  if (outcome.tookOverFrom !== undefined) {
    ports.emit({
      type: 'warning',
      host: where.name,
      message: `took this host over from run ${outcome.tookOverFrom}, which is dead`,
    })
  }
}

/**
 * A run keeps its locks to its end, also those of hosts that it is done with. Runs of the same user on the same controller can be looked at;
 * what names itself otherwise than our runs do is not put into a command.
 */
function heldRemedy({ by, run }: { by: string; run: string }, who: string): string {
  const own = by === who && /^\d{8}T\d{6}Z-[0-9a-f]{4}$/.test(run)
  return own
    ? `look at it with: upgrade-push watch ${run}; where it is done with this host, as after a failure, run again with --take-over, which takes this host from it and leaves its others alone; otherwise wait for its end, or end it for all its hosts with: upgrade-push control ${run} abort`
    : 'wait for it to end, or ask them; where it is done with this host, or dead for certain, run again with --take-over'
}
