import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import type { RunEvent } from '../../../../src/events/types.ts'
import { type StandIn, until } from './stand-in.ts'

const PROJECT = fileURLToPath(new URL('../../../../', import.meta.url))
const source = (path: string) => JSON.stringify(pathToFileURL(join(PROJECT, 'src', path)).href)

/** reboot_upgrade without the arming, which needs a boot loader: what it does from the reboot on is the task's own. */
const PLUGIN = `
import { upgradeProbe, isUpgraded } from ${source('tasks/upgrade/reboot-upgrade-facts.ts')}
import { carryOut } from ${source('tasks/upgrade/reboot-upgrade-apply.ts')}
import { rebootUpgradeTask } from ${source('tasks/upgrade/reboot-upgrade.ts')}
export default ({ z, defineTask }) => defineTask({
  ...rebootUpgradeTask,
  name: 'follow_upgrade',
  summary: 'Follows a stand-in.',
  example: 'follow_upgrade: {}',
  args: rebootUpgradeTask.args.extend({ record: z.any().describe('What arming would have kept') }),
  load: undefined,
  probes: () => ({ upgrade: upgradeProbe }),
  check: ({ args, facts }) => isUpgraded(facts.upgrade.sight)
    ? { kind: 'ok', summary: 'upgraded' }
    : {
        kind: 'change', summary: 'reboots', touches: ['*'],
        spec: { kind: 'start', entry: null, record: args.record, watch: { limits: { timeouts: args.timeouts, patience: args.patience }, resume: args.resume } },
      },
  apply: carryOut,
})
`

export interface RunOptions {
  readonly network?: boolean
  /** Arguments of the task, as YAML lines. */
  readonly args?: readonly string[]
  readonly output?: 'plain' | 'json'
  /** Do without the step that follows. */
  readonly alone?: boolean
}

/** A controller of its own, with its own state: what it remembers outlives each of its runs. */
export class Controller {
  readonly dir = mkdtempSync(join(tmpdir(), 'controller-'))
  readonly #host: StandIn

  constructor(host: StandIn) {
    this.#host = host
    for (const dir of ['plugins', 'state/upgrade-push/keys'])
      mkdirSync(join(this.dir, dir), { recursive: true, mode: 0o700 })
    const keys = join(this.dir, 'state/upgrade-push/keys/upgrade_ed25519')
    for (const end of ['', '.pub']) copyFileSync(host.path(`upgrade${end}`), `${keys}${end}`)
    writeFileSync(join(this.dir, 'plugins/follow.mjs'), PLUGIN.replaceAll('load: undefined,', ''))
    writeFileSync(join(this.dir, 'hosts.ini'), host.inventory)
  }

  run({ network = true, args = [], output = 'json', alone = false }: RunOptions = {}): ControllerRun {
    const lines = [
      '- hosts: all',
      '  gather_facts: false',
      '  tasks:',
      '    - name: before',
      '      command: touch /run/prepared',
      ...(alone
        ? []
        : [
            '    - name: the upgrade',
            '      follow_upgrade:',
            `        record: ${JSON.stringify(this.#host.record(network))}`,
            ...args.map((line) => `        ${line}`),
            '      register: upgrade',
            '    - name: after',
            '      command: cat /etc/os-release',
          ]),
    ]
    writeFileSync(join(this.dir, 'play.yml'), `${lines.join('\n')}\n`)
    return new ControllerRun(this.dir, output)
  }

  /** Hosts that it remembers. */
  remembers(): string | undefined {
    try {
      return readFileSync(join(this.dir, 'state/upgrade-push/hosts/machine.json'), 'utf8')
    } catch {
      return undefined
    }
  }

  /** Runs it had, oldest first: their folders. */
  runs(): string[] {
    const runs = join(this.dir, 'state/upgrade-push/runs')
    return readdirSync(runs)
      .sort()
      .map((run) => join(runs, run))
  }

  /** What is told of the last run when it is shown again. */
  shown(): string {
    const main = join(PROJECT, 'src/cli/main.ts')
    return execFileSync(process.execPath, ['--import', 'tsx', main, 'runs', 'show', 'last', '--output', 'plain'], {
      cwd: PROJECT,
      env: { ...process.env, XDG_STATE_HOME: join(this.dir, 'state'), NO_COLOR: '1' },
      encoding: 'utf8',
    })
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true })
  }
}

type Body<Type extends RunEvent['type']> = Extract<RunEvent, { type: Type }>

export class ControllerRun {
  readonly events: RunEvent[] = []
  readonly ended: Promise<number | null>
  stdout = ''
  stderr = ''
  readonly #child: ChildProcess

  constructor(dir: string, output: string) {
    const main = join(PROJECT, 'src/cli/main.ts')
    const inventory = join(dir, 'hosts.ini')
    const args = ['--import', 'tsx', main, '-i', inventory, join(dir, 'play.yml'), '--yes', '--output', output]
    const child = spawn(process.execPath, args, {
      cwd: PROJECT,
      env: { ...process.env, XDG_STATE_HOME: join(dir, 'state'), NO_COLOR: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.#child = child
    let rest = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.stdout += text
      if (output !== 'json') return
      const lines = (rest + text).split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) this.events.push(JSON.parse(line) as RunEvent)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text
    })
    this.ended = new Promise((resolve) => child.once('close', resolve))
  }

  of<Type extends RunEvent['type']>(type: Type): Body<Type>[] {
    return this.events.filter((event): event is Body<Type> => event.type === type)
  }

  /** Waits until the host is told to be in a phase. */
  async phase(name: string, text = ''): Promise<void> {
    const met = () =>
      this.of('phase').some(
        (event) => event.phase === name && event.state !== 'done' && (event.text ?? '').includes(text),
      )
    await until(() => met() || this.#child.exitCode !== null)
    if (!met()) throw new Error(`ended before ${name}: ${this.stderr}${this.stdout.slice(-2000)}`)
  }

  /** Results of the steps, by the task's name. */
  results(): { [task: string]: Body<'host_result'> } {
    const names = this.of('play_started')[0]?.steps.map((step) => step.name) ?? []
    return Object.fromEntries(this.of('host_result').map((event) => [names[event.step] ?? '', event]))
  }

  /** Ctrl-C. */
  interrupt(): void {
    this.#child.kill('SIGINT')
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }
}
