import { z } from 'zod'
import type { Probe, Provides } from '../contract.ts'
import { HOST } from './layout.ts'
import type { MergedRequest } from './request.ts'

const asked = <T extends z.ZodType>(value: T) => z.array(z.object({ value, by: z.array(z.string()) }))

const moduleSource = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('container') }),
  z.object({ kind: z.literal('host'), path: z.string() }),
  z.object({ kind: z.literal('controller'), path: z.string() }),
])
const module = z.object({ name: z.string(), source: moduleSource })

const imageRequest = z.object({
  dracutModules: asked(module),
  kernelModules: asked(module.extend({ optional: z.literal(true).optional() })),
  includeFiles: asked(z.string()),
  kernelArgs: z.object({ add: asked(z.string()), remove: asked(z.string()) }),
})

const scripts = asked(
  z.object({
    name: z.string(),
    source: z.discriminatedUnion('kind', [
      z.object({ kind: z.literal('host'), path: z.string() }),
      z.object({ kind: z.literal('controller'), path: z.string() }),
    ]),
    timeout: z.number(),
  }),
)

const mergedRequest: z.ZodType<MergedRequest> = z.object({
  version: z.literal(1),
  arch: z.string(),
  sourceRelease: z.string(),
  targetRelease: z.string(),
  installRpms: asked(z.string()),
  copyFiles: asked(z.object({ src: z.string(), dst: z.string() })),
  upgrade: imageRequest,
  target: imageRequest,
  services: z.object({ enable: asked(z.string()), disable: asked(z.string()) }),
  scripts: z.object({ afterTransaction: scripts, firstBoot: scripts }),
  lvmconf: z.boolean(),
  mdadmconf: z.boolean(),
  network: z
    .object({
      setup: z.string(),
      files: z.array(z.object({ name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/), text: z.string() })),
      port: z.number().int().min(1).max(65_535),
      authorizedKey: z.string().nullable(),
    })
    .nullable(),
  digest: z.string(),
})

/** What the host says about its merged request: the file's text, or why it can't be used. */
export type RequestFact =
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly why: string }
  | { readonly kind: 'present'; readonly request: MergedRequest }

/**
 * The request that an earlier run left on the host. It counts only when this run has not merged one itself (see {@link requestOf}),
 * hence a change of it by an earlier step of this run does not make the answer stale: nothing is declared as read.
 */
export const requestProbe: Probe<RequestFact> = {
  id: 'upgrade.request',
  script: `cat ${HOST.request} 2>/dev/null || :`,
  reads: [],
  parse({ stdout }) {
    if (stdout.trim() === '') return { kind: 'absent' }
    try {
      const parsed = mergedRequest.safeParse(JSON.parse(stdout))
      if (parsed.success) return { kind: 'present', request: parsed.data }
      const issue = parsed.error.issues[0]
      return { kind: 'unreadable', why: `${issue?.path.join('.')}: ${issue?.message}` }
    } catch {
      return { kind: 'unreadable', why: 'it is not JSON' }
    }
  },
}

export type GivenRequest =
  | {
      readonly ok: true
      readonly request: MergedRequest
      /** `host`: read from the host, so that no path in it may be taken for one of the controller. */
      readonly from: 'run' | 'host'
    }
  | { readonly ok: false; readonly reason: string; readonly remedy: string }

/** This run's merged request, or the one on the host when `gather_modules` is no part of this run. */
export function requestOf(given: Provides, fact: RequestFact): GivenRequest {
  const request = given.request as MergedRequest | undefined
  if (request !== undefined) return { ok: true, request, from: 'run' }
  if (fact.kind === 'present') return { ok: true, request: fact.request, from: 'host' }
  return {
    ok: false,
    reason:
      fact.kind === 'absent'
        ? `there is no merged request: ${HOST.request} does not exist`
        : `${HOST.request} can't be read: ${fact.why}`,
    remedy: 'put a gather_modules task before this one, or run the play without leaving it out',
  }
}
