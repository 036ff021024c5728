import { z } from 'zod'
import { plainText } from './plain-text.ts'

const OUTCOMES = ['no-transaction', 'not-armed', 'failed', 'first-boot', 'upgraded', 'first-boot-failed'] as const

const text = z.string().nullish().catch(null)

const schema = z.object({
  run: text,
  plan: text,
  outcome: z.enum(OUTCOMES),
  step: text,
  message: text,
  changed: z.boolean().catch(false),
  release: z.object({ from: z.string(), to: z.string() }).nullish().catch(null),
  phases: z.record(z.string(), z.number()).catch({}),
  lines: z.array(z.string()).catch([]),
})

/** `result.json`: how an attempt ended, as the image and the resume service wrote it. */
export interface ResultFile {
  readonly run: string
  readonly plan: string | undefined
  readonly outcome: (typeof OUTCOMES)[number]
  readonly step: string | undefined
  readonly message: string | undefined
  /** Packages may have been changed. */
  readonly changed: boolean
  readonly release: { readonly from: string; readonly to: string } | undefined
  /** Seconds by phase, as measured on the host. */
  readonly phases: { readonly [phase: string]: number }
  /** The last lines of what failed. */
  readonly lines: readonly string[]
}

/** Reads the file's text as a host sent it; undefined when there is none, or it can't be read. */
export function parseResultFile(raw: string | undefined): ResultFile | undefined {
  if (raw === undefined || raw.trim() === '') return undefined
  let json: unknown
  try {
    json = JSON.parse(raw)
  } catch {
    return undefined
  }
  const parsed = schema.safeParse(json)
  if (!parsed.success) return undefined
  const { run, plan, outcome, step, message, changed, release, phases, lines } = parsed.data
  return {
    run: run ?? '',
    plan: plan ?? undefined,
    outcome,
    step: step ? plainText(step, 100) : undefined,
    message: message ? plainText(message, 1000) : undefined,
    changed,
    release: release ?? undefined,
    phases,
    lines: lines.slice(-20).map((each) => plainText(each, 500)),
  }
}
