import { readFileSync } from 'node:fs'
import { type Output, run } from '../command.ts'
import { startTime } from '../processes.ts'
import type { Base } from './base.ts'
import type { VmFiles } from './files.ts'
import { endVm } from './lifetime.ts'
import { type ProgressOptions, untilDone } from './progress.ts'
import { NETWORK_CARD } from './qemu.ts'
import { qmp } from './qmp.ts'
import { readSerial, serialSize, tail } from './serial.ts'
import { HOST } from './ssh.ts'

const TICKS_PER_SECOND = 100
/** An idle machine burns some 5 % of a processor; one that works silently burns this many seconds well within a time-out. */
const WORK_QUANTUM_SECONDS = 20

/** A running virtual machine. */
export class Vm {
  readonly name: string
  readonly files: VmFiles
  /** Port of 127.0.0.1 that leads to its sshd. */
  readonly port: number
  readonly pid: number
  /** What it was started from. */
  readonly base: Base

  constructor(name: string, files: VmFiles, port: number, pid: number, base: Base) {
    this.name = name
    this.files = files
    this.port = port
    this.pid = pid
    this.base = base
  }

  /** Processor seconds that QEMU has burnt: the measure of work that other load on the machine does not stretch. */
  cpuSeconds(): number {
    try {
      const fields = readFileSync(`/proc/${this.pid}/stat`, 'latin1')
        .replace(/^.*\) /s, '')
        .split(' ')
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND
    } catch {
      return 0
    }
  }

  /** Everything that the serial console said so far, without escape sequences. */
  serial(): Promise<string> {
    return readSerial(this.files.serialLog)
  }

  /**
   * Waits until the console's text after the first `from` characters matches.
   *
   * @returns the match, and where it ends: the next `from`.
   * @throws NoProgressError, or Error when the machine ends.
   */
  waitForSerial(
    pattern: RegExp,
    options: ProgressOptions & { from?: number } = {},
  ): Promise<{ match: RegExpExecArray; end: number }> {
    const from = options.from ?? 0
    return this.#until(`${pattern} on the console of ${this.name}`, options, async () => {
      const text = (await this.serial()).slice(from)
      const match = new RegExp(pattern.source, pattern.flags.replace('g', '')).exec(text)
      return match ? { match, end: from + match.index + match[0].length } : undefined
    })
  }

  /**
   * Waits until somebody can log in.
   *
   * @param options.after the id of a boot that does not count: the one before a reboot.
   * @returns the id of the boot that answers.
   */
  waitForSsh(options: ProgressOptions & { after?: string } = {}): Promise<string> {
    return this.#until(`ssh to ${this.name}`, options, async () => {
      const bootId = await this.bootId().catch(() => undefined)
      return bootId === options.after ? undefined : bootId
    })
  }

  async bootId(): Promise<string> {
    return (await run([...this.#ssh(), 'cat /proc/sys/kernel/random/boot_id'])).stdout.trim()
  }

  /**
   * Runs a shell command as root in the machine.
   *
   * @throws CommandError when it fails, NoProgressError when the machine stops working on it.
   */
  ssh(command: string, options: ProgressOptions & { input?: string } = {}): Promise<Output> {
    const { input } = options
    return this.whileWorking(`'${command.slice(0, 60)}' on ${this.name}`, options, (signal) =>
      run([...this.#ssh(), command], { signal, ...(input === undefined ? {} : { input }) }),
    )
  }

  /**
   * Awaits something that keeps the machine busy, such as a program on this side that works on it.
   *
   * @param start is given a signal that is raised when the machine stops working.
   * @throws what the work throws, or NoProgressError.
   */
  async whileWorking<T>(
    what: string,
    options: ProgressOptions,
    start: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const abort = new AbortController()
    let settled: PromiseSettledResult<T> | undefined
    void Promise.allSettled([start(abort.signal)]).then(([result]) => {
      settled = result
    })
    try {
      const result = await this.#until(what, options, async () => settled)
      if (result.status === 'rejected') throw result.reason
      return result.value
    } finally {
      abort.abort()
    }
  }

  /** As the reset button would: nothing is flushed. */
  async reset(): Promise<void> {
    await qmp(this.pid, 'system_reset')
  }

  /** Plugs the network cable in or pulls it out: the machine sees its link go, nothing reaches it. */
  async setLink(up: boolean): Promise<void> {
    await qmp(this.pid, 'set_link', { name: NETWORK_CARD, up })
  }

  /** As a short press of the power button: waits for the end of an orderly shutdown. Disks and logs stay until `stop`. */
  async shutDown(options: ProgressOptions = {}): Promise<void> {
    await qmp(this.pid, 'system_powerdown')
    await untilDone(
      `the shutdown of ${this.name}`,
      async () => (startTime(this.pid) === undefined ? true : undefined),
      () => serialSize(this.files.serialLog),
      async () => tail(await this.serial()),
      options,
    )
  }

  /** Ends it at once; nothing is left. */
  stop(): Promise<void> {
    return endVm(this.files)
  }

  #ssh(): [string, ...string[]] {
    return ['ssh', '-F', this.files.sshConfig, HOST, '--']
  }

  #until<T>(what: string, options: ProgressOptions, condition: () => Promise<T | undefined>): Promise<T> {
    return untilDone(
      what,
      async () => {
        const value = await condition()
        if (value === undefined && startTime(this.pid) === undefined)
          throw new Error(`${what}: the machine is gone; see ${this.files.qemuLog}`)
        return value
      },
      async () => `${await serialSize(this.files.serialLog)} ${Math.floor(this.cpuSeconds() / WORK_QUANTUM_SECONDS)}`,
      async () => tail(await this.serial()),
      options,
    )
  }
}
