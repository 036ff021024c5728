import { z } from 'zod'
import { plainText } from './plain-text.ts'

const IMAGE_PHASES = ['start', 'checks', 'recovery', 'transaction', 'finish', 'done', 'failed', 'waiting'] as const
export type ImagePhase = (typeof IMAGE_PHASES)[number]

/** One line of the image's progress, with what is said in it put into words. */
export interface ProgressLine {
  readonly phase: ImagePhase
  readonly event: string
  /** For the operator; empty when the line says nothing. */
  readonly text: string
  /** Packages done, and of how many. */
  readonly n?: number | undefined
  readonly of?: number | undefined
  /** Of a failure: the step that failed, and whether packages may have changed. */
  readonly step?: string | undefined
  readonly changed?: boolean | undefined
}

const text = z.string().catch('')
const count = z.number().int().nonnegative().optional().catch(undefined)
const figure = z.number().nonnegative().catch(0)

const line = z.object({
  phase: z.enum(IMAGE_PHASES),
  event: z.string(),
  text,
  n: count,
  of: count,
  action: text,
  package: text,
  kind: text,
  what: text,
  cpu_s: figure,
  io_bytes: figure,
  seconds: figure,
  step: text,
  outcome: text,
  changed: z.boolean().optional().catch(undefined),
})

/** Reads a line as a host sent it. Undefined for what is none: it is data, and may be anything. */
export function parseProgressLine(raw: string): ProgressLine | undefined {
  let json: unknown
  try {
    json = JSON.parse(raw)
  } catch {
    return undefined
  }
  const parsed = line.safeParse(json)
  if (!parsed.success) return undefined
  const { phase, event, n, of, step, changed } = parsed.data
  return {
    phase,
    event,
    text: plainText(wording(parsed.data)),
    ...(event === 'item' ? { n, of } : {}),
    ...(event === 'failed' ? { step: plainText(step, 100) || undefined, changed } : {}),
  }
}

function wording(said: z.infer<typeof line>): string {
  switch (said.event) {
    case 'item':
      return `${said.action} ${said.package}`
    case 'scriptlet':
      return `scriptlet ${said.kind} of ${said.package}`
    case 'heartbeat':
      return `${said.what}: ${said.cpu_s} s of processor time and ${Math.round(said.io_bytes / 1024)} KiB of I/O in ${said.seconds} s`
    case 'first-change':
      return 'the first package changes'
    case 'done':
      return said.outcome
    default:
      return said.text
  }
}
