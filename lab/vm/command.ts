import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { ensureDistro } from '../distro/distro.ts'
import { distroInUse } from '../fleet/record.ts'
import { vmFiles } from './files.ts'
import { isVariant, VARIANTS, type Variant } from './layout.ts'
import { endVm, isRunning } from './lifetime.ts'
import { startVm } from './machine.ts'
import { NETWORK_CARD } from './qemu.ts'
import { qmp } from './qmp.ts'
import { readRecord, type VmRecord, vmNames } from './record.ts'
import { HOST } from './ssh.ts'

const DEFAULT_NAME = 'machine'

const USAGE = `npm run lab -- vm COMMAND [NAME]

  up [NAME] [--variant VARIANT]
                       start a virtual machine with LabOS 8 and wait until it can be logged in to
  reset [NAME]         as the reset button: nothing is flushed
  link NAME up|down    plug the network cable in, or pull it out
  status               the machines that are up
  shell [NAME [CMD]]   log in to a machine, or run a command there
  down [NAME]          end a machine; nothing of it is left

NAME is '${DEFAULT_NAME}' unless given. VARIANT is how the disks are laid out: ${Object.keys(VARIANTS).join(', ')}.
`

const say = (line: string) => console.log(line)

async function up(name: string, variant: Variant): Promise<number> {
  const begun = Date.now()
  const distro = await ensureDistro(say, distroInUse)
  const vm = await startVm({ name, distro, variant, onProgress: say, lifetime: 'detached' })
  const interrupted = (signal: NodeJS.Signals) => {
    say(`vm: ${signal}: taking the machine down again`)
    vm.stop().then(
      () => process.exit(130),
      () => process.exit(1),
    )
  }
  process.on('SIGINT', interrupted).on('SIGTERM', interrupted)
  try {
    await vm.waitForSsh()
  } catch (error) {
    await vm.stop()
    throw error
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted)
  }
  say(`up after ${((Date.now() - begun) / 1000).toFixed(0)} s; inventory: ${vm.files.inventory}`)
  say(`console: ${vm.files.serialLog}`)
  return 0
}

async function down(name: string): Promise<number> {
  const files = vmFiles(name)
  const there = isRunning(files) || (await vmNames()).includes(name)
  await endVm(files)
  say(there ? `machine '${name}' is down` : `there was no machine '${name}'`)
  return 0
}

async function status(): Promise<number> {
  const names = await vmNames()
  if (names.length === 0) say('no machine is up')
  for (const name of names) {
    const files = vmFiles(name)
    const record = await readRecord(files)
    const state = isRunning(files) ? `port ${record?.port ?? '?'}` : 'NOT RUNNING'
    say(`machine '${name}': ${state}  ${files.inventory}`)
  }
  return 0
}

/** @throws Error when there is none of this name. */
async function recordOf(name: string): Promise<VmRecord> {
  const record = await readRecord(vmFiles(name))
  if (!record) throw new Error(`no machine '${name}' is up; start it with: npm run lab -- vm up ${name}`)
  return record
}

async function shell(name: string, command: readonly string[]): Promise<number> {
  await recordOf(name)
  const child = spawn('ssh', ['-F', vmFiles(name).sshConfig, HOST, ...command], { stdio: 'inherit' })
  return new Promise((resolve, reject) => child.once('close', (code) => resolve(code ?? 255)).once('error', reject))
}

async function reset(name: string): Promise<number> {
  await qmp((await recordOf(name)).pid, 'system_reset')
  return 0
}

async function link(name: string, state: string | undefined): Promise<number> {
  if (state !== 'up' && state !== 'down') throw new Error(`link needs 'up' or 'down', not '${state ?? ''}'`)
  await qmp((await recordOf(name)).pid, 'set_link', { name: NETWORK_CARD, up: state === 'up' })
  return 0
}

/**
 * `npm run lab -- vm ...`.
 *
 * @param argv what follows `vm`.
 * @returns the exit code: 2 for a command that does not exist.
 * @throws Error with one message for the user.
 */
export async function vmCommand(argv: string[]): Promise<number> {
  const [command = 'help', ...words] = argv
  if (command === 'shell') return shell(words[0] ?? DEFAULT_NAME, words.slice(1))
  const { values, positionals } = parseArgs({
    args: words,
    options: { variant: { type: 'string', default: 'plain' } },
    allowPositionals: true,
  })
  if (!isVariant(values.variant))
    throw new Error(`no variant '${values.variant}'; there are ${Object.keys(VARIANTS).join(', ')}`)
  const name = positionals[0] ?? DEFAULT_NAME
  if (command === 'up') return up(name, values.variant)
  if (command === 'down') return down(name)
  if (command === 'reset') return reset(name)
  if (command === 'link') return link(name, positionals[1])
  if (command === 'status') return status()
  const known = command === 'help' || command === '--help'
  ;(known ? process.stdout : process.stderr).write(known ? USAGE : `vm: no command '${command}'\n\n${USAGE}`)
  return known ? 0 : 2
}
