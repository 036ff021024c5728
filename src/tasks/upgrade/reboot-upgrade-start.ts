import { RemoteError } from '../../remote/types.ts'
import { ApplyError, type HostHandle, type UpgradeRecord } from '../contract.ts'
import { type EntrySpec, entryFrame } from './arming.ts'
import { noteBeforeScript, rebootScript } from './follow/start-script.ts'
import { DISARM } from './loaders/disarm.ts'

const COMMAND_TIMEOUT_MS = 120_000

/**
 * Notes what the host is now, arms it and asks for the reboot. What the controller must know to find the host again is on its disk before
 * the host is armed; it goes again, and the host is disarmed, when the reboot can't be asked for. Throws ApplyError.
 *
 * @param entry undefined when the entry is there and armed already
 */
export async function startUpgrade(
  entry: EntrySpec | undefined,
  record: UpgradeRecord,
  host: HostHandle,
): Promise<void> {
  const { boots, files } = host
  if (boots.isController) {
    throw new ApplyError(
      'this host is the controller itself (ansible_connection: local), which can not watch itself go away',
      'upgrade it from another machine',
    )
  }
  boots.phase({ phase: 'arming', state: 'running', seconds: 0 })
  const began = performance.now()
  await boots.remember({ ...record, armedAt: new Date().toISOString() })
  try {
    await run(host, noteBeforeScript(record.run), "what the host is now can't be noted")
    if (entry) {
      const { script, payload } = entryFrame(entry, files)
      await run(host, script, "the upgrade can't be armed", payload)
    }
    boots.phase({ phase: 'arming', state: 'done', seconds: Math.round((performance.now() - began) / 1000) })
    await askForReboot(host, record.run)
  } catch (error) {
    if (error instanceof ApplyError) await boots.forget()
    throw error
  }
  await boots.hangUp()
}

/** Takes the one-shot choice back on a host that did not reboot. Resolves to what to tell the operator. */
export async function disarm({ remote, signal }: HostHandle): Promise<string> {
  const script = `${DISARM}\ndisarm_upgrade`
  try {
    const { code } = await remote.run(script, { signal, timeoutMs: COMMAND_TIMEOUT_MS })
    if (code === 0) return 'the host was disarmed again: its next boot is the old system'
  } catch (error) {
    if (!(error instanceof RemoteError)) throw error
  }
  return 'the host is still armed: its next boot is the upgrade, unless playbooks/cancel.yml takes it back'
}

async function askForReboot(host: HostHandle, name: string): Promise<void> {
  const { remote, signal } = host
  let why: string
  try {
    const { code, stderr } = await remote.run(rebootScript(name), { signal, timeoutMs: COMMAND_TIMEOUT_MS })
    if (code === 0) return
    why = stderr.trim() || `code ${code}`
  } catch (error) {
    // The link may be gone before the answer: whether the host goes down shows at once.
    if (error instanceof RemoteError && error.kind === 'lost') return
    throw error
  }
  throw new ApplyError(
    `the reboot can't be asked for: ${why}; ${await disarm(host)}`,
    'mend what it names, then run again',
  )
}

async function run({ remote, signal }: HostHandle, script: string, what: string, payload?: Uint8Array): Promise<void> {
  const options = { signal, timeoutMs: COMMAND_TIMEOUT_MS, ...(payload ? { payload } : {}) }
  const { code, stderr } = await remote.run(script, options)
  if (code !== 0) throw new ApplyError(`${what}: ${stderr.trim() || `code ${code}`}`, 'nothing was rebooted; run again')
}
