import type { Value, ValueMap } from '../../expression/values.ts'
import { quote } from '../../remote/quote.ts'
import type { CommandResult } from '../../remote/types.ts'
import type { ApplyFrame, Content, ControllerFiles, Probes, Resource, Verdict } from '../contract.ts'
import { guardPattern, type RunArguments } from './command-arguments.ts'
import { existsProbe } from './exists.ts'

/** Commands may take long; a day is as good as no limit, and still one. */
const TIMEOUT_MS = 24 * 60 * 60 * 1000
/** Last line of stdout: uptime before and after. Taken by the shell itself, so that it costs no process. */
const TRAILER = /\nupgrade-push-times ([0-9.]*) ([0-9.]*)\n$/
const TRAILER_LINE = /^upgrade-push-times [0-9.]* [0-9.]*$/

export interface RunFacts {
  readonly creates?: boolean
  readonly removes?: boolean
}

/** What is run: enough to build the script, JSON-safe. Text for stdin is named by its digest. */
export interface RunSpec {
  /** Words of `command`, or text of `shell`. */
  readonly cmd: readonly string[] | string
  readonly chdir?: string | undefined
  readonly stdin?: Content | undefined
  readonly strip: boolean
  /** `command`: replace `$NAME` in its words by the host's environment. */
  readonly expand?: boolean | undefined
  /** `shell`: the program that reads the text. */
  readonly executable?: string | undefined
}

export function guardProbes({ creates, removes, chdir }: RunArguments): Probes<RunFacts> {
  return {
    ...(creates === undefined ? {} : { creates: existsProbe(guardPattern(creates, chdir)) }),
    ...(removes === undefined ? {} : { removes: existsProbe(guardPattern(removes, chdir)) }),
  } as Probes<RunFacts>
}

/** Bytes for stdin, registered under their digest. */
export function stdinContent({ stdin, stdin_add_newline }: RunArguments, files: ControllerFiles): Content | undefined {
  return stdin === undefined ? undefined : files.bytes(stdin_add_newline ? `${stdin}\n` : stdin)
}

/** ok where a guard says there is nothing to do; a change where a guard can tell afterwards that it was done; a bare action otherwise. */
export function judgeRun(args: RunArguments, facts: RunFacts, spec: RunSpec): Verdict<RunSpec> {
  const satisfied =
    facts.creates === true
      ? `since ${args.creates} exists`
      : facts.removes === false
        ? `since ${args.removes} does not exist`
        : undefined
  const cmd = spec.cmd as Value
  if (satisfied !== undefined) {
    const msg = `did not run the command ${satisfied}`
    return { kind: 'ok', summary: msg, result: { cmd, rc: 0, msg, ...streams('', '', false) } }
  }
  const touches: Resource[] = ['*']
  const summary = `runs ${shown(spec.cmd)}`
  const guarded = facts.creates !== undefined || facts.removes !== undefined
  return guarded
    ? { kind: 'change', summary, touches, spec, result: { cmd } }
    : { kind: 'action', summary, touches, spec, result: { cmd } }
}

/** The section that runs `line` as the spec says. `line` is sh that ends with the command's own exit code. */
export function runFrame(spec: RunSpec, line: string, files: ControllerFiles): ApplyFrame {
  const chdir = spec.chdir === undefined ? '' : `cd -- ${quote(spec.chdir)} || exit 1\n`
  const script = `up0= up1=
read -r up0 up1 </proc/uptime 2>/dev/null || :
start=$up0
(
${chdir}${line}
)${spec.stdin === undefined ? ' </dev/null' : ''}
code=$?
read -r up0 up1 </proc/uptime 2>/dev/null || :
printf '\\nupgrade-push-times %s %s\\n' "$start" "$up0"
exit "$code"
`
  return {
    script,
    ...(spec.stdin === undefined ? {} : { payload: files.read(spec.stdin) }),
    timeoutMs: TIMEOUT_MS,
    result: (output) => runResult(spec, output, new Date()),
    live: (line) => (TRAILER_LINE.test(line) ? undefined : line),
  }
}

/** What `register` sees, under the names that Ansible uses. `now`: when the answer came. */
function runResult(spec: RunSpec, output: CommandResult, now: Date): ValueMap {
  const times = TRAILER.exec(output.stdout)
  const stdout = times ? output.stdout.slice(0, times.index) : output.stdout
  const seconds = times ? Number(times[2]) - Number(times[1]) : Number.NaN
  return {
    cmd: spec.cmd as Value,
    rc: output.code,
    ...streams(stdout, output.stderr, spec.strip),
    ...(output.truncated ? { truncated: true } : {}),
    ...(Number.isFinite(seconds)
      ? { start: stamp(new Date(now.getTime() - seconds * 1000)), end: stamp(now), delta: duration(seconds) }
      : {}),
  }
}

function streams(stdout: string, stderr: string, strip: boolean): ValueMap {
  const [out, err] = strip ? [withoutEmptyEnd(stdout), withoutEmptyEnd(stderr)] : [stdout, stderr]
  return { stdout: out, stdout_lines: lines(out), stderr: err, stderr_lines: lines(err) }
}

/** By hand: an expression for it looks at each run of empty lines again from each of its lines, and a host may print a great many. */
function withoutEmptyEnd(text: string): string {
  let end = text.length
  while (end > 0 && (text[end - 1] === '\n' || text[end - 1] === '\r')) end--
  return text.slice(0, end)
}

/** As Python splits lines: no empty one after the last line end. */
function lines(text: string): string[] {
  const all = text.split(/\r\n|\n|\r/)
  if (all.at(-1) === '') all.pop()
  return all
}

/** `2026-11-23 05:13:34.567000`, UTC by the controller's clock. */
function stamp(time: Date): string {
  return `${time.toISOString().slice(0, 23).replace('T', ' ')}000`
}

/** `0:00:01.230000` */
function duration(seconds: number): string {
  const whole = Math.floor(seconds)
  const micro = Math.round((seconds - whole) * 1e6)
  const pad = (value: number, width: number) => String(value).padStart(width, '0')
  return `${Math.floor(whole / 3600)}:${pad(Math.floor(whole / 60) % 60, 2)}:${pad(whole % 60, 2)}.${pad(micro, 6)}`
}

function shown(cmd: readonly string[] | string): string {
  const text = (typeof cmd === 'string' ? cmd : cmd.join(' ')).trim()
  const first = text.split('\n', 1)[0] as string
  return first.length < text.length ? `${first} ...` : text
}
