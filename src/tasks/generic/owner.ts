import { z } from 'zod'
import { quote } from '../../remote/quote.ts'
import { type Probe, ProbeError, type Probes } from '../contract.ts'

/** A user or group: a name, or a number. */
export const ownerArgument = z.union([
  z
    .string()
    .min(1)
    .regex(/^[^\0\n:]+$/, 'not a name of a user or group'),
  z.int().min(0),
])

export interface OwnerArguments {
  readonly owner?: string | number | undefined
  readonly group?: string | number | undefined
}

/** Numbers behind the names; `missing` when the host knows no such user or group. */
export interface OwnerFacts {
  readonly owner?: number | 'missing'
  readonly group?: number | 'missing'
}

/** Looks the names up on the host; numbers need no look. */
export function ownerProbes({ owner, group }: OwnerArguments): Probes<OwnerFacts> {
  return {
    ...(isName(owner) ? { owner: idProbe('passwd', owner) } : {}),
    ...(isName(group) ? { group: idProbe('group', group) } : {}),
  } as Probes<OwnerFacts>
}

/** The ids asked for, or why there are none. */
export function wantedOwner(
  args: OwnerArguments,
  facts: OwnerFacts,
): { uid?: number | undefined; gid?: number | undefined } | { reason: string; remedy: string } {
  for (const [kind, key] of [
    ['user', 'owner'],
    ['group', 'group'],
  ] as const) {
    if (facts[key] === 'missing') {
      return { reason: `the host has no ${kind} "${args[key]}"`, remedy: `create it first, or correct ${key}` }
    }
  }
  return {
    uid: args.owner === undefined ? undefined : (number(facts.owner) ?? Number(args.owner)),
    gid: args.group === undefined ? undefined : (number(facts.group) ?? Number(args.group)),
  }
}

function number(fact: number | 'missing' | undefined): number | undefined {
  return typeof fact === 'number' ? fact : undefined
}

function isName(value: string | number | undefined): value is string {
  return typeof value === 'string' && !/^\d+$/.test(value)
}

function idProbe(database: 'passwd' | 'group', name: string): Probe<number | 'missing'> {
  return {
    id: `${database} ${name}`,
    script: `getent ${database} -- ${quote(name)}`,
    reads: [`path:/etc/${database}`],
    parse({ code, stdout, stderr }) {
      if (code === 2) return 'missing'
      const id = /^[^:]*:[^:]*:(\d+):/.exec(stdout)?.[1]
      if (code !== 0 || id === undefined)
        throw new ProbeError(`cannot look up "${name}" in ${database}: ${stderr.trim()}`)
      return Number(id)
    },
  }
}
