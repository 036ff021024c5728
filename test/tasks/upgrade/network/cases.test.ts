import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { planNetwork } from '../../../../src/tasks/upgrade/network/decide.ts'
import { parseNetworkFacts } from '../../../../src/tasks/upgrade/network/network-probe.ts'
import { renderDracut } from '../../../../src/tasks/upgrade/network/render-dracut.ts'
import { renderNetworkd } from '../../../../src/tasks/upgrade/network/render-networkd.ts'
import { describe as inWords } from '../../../../src/tasks/upgrade/network/setup.ts'
import { probeOutput, type Situation } from './probe-output.ts'

/** A host's network in one `*.yml` file: what the probe says, and what the image must do about it. */
interface Case extends Situation {
  readonly title: string
  readonly expect:
    | { readonly none: string }
    | {
        readonly setup: string
        readonly notes?: readonly string[]
        readonly files: Readonly<Record<string, string>>
        readonly args: readonly string[]
      }
}

const directory = fileURLToPath(new URL('../../../cases/upgrade/network', import.meta.url))

for (const name of readdirSync(directory).sort()) {
  const one = parse(readFileSync(`${directory}/${name}`, 'utf8')) as Case
  test(`${name}: ${one.title}`, () => {
    const facts = parseNetworkFacts({ code: 0, stdout: probeOutput(one), stderr: '', truncated: false })
    const plan = planNetwork(facts)
    if ('none' in one.expect) {
      expect(plan).toEqual({ kind: 'none', why: one.expect.none })
      return
    }
    if (plan.kind === 'none') throw new Error(`no network: ${plan.why}`)
    const { setup, notes = [], files, args } = one.expect
    expect(inWords(plan.wanted)).toBe(setup)
    expect(plan.notes).toEqual(notes)
    expect(Object.fromEntries(renderNetworkd(plan.wanted).map((file) => [file.name, file.text]))).toEqual(files)
    expect(renderDracut(plan.wanted)).toEqual([...args].sort())
  })
}
