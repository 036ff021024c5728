import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { BenchHost, Site } from './site.ts'

export const BIG_BYTES = 40 * 1024 * 1024

const MODULES = ['80upgrade', '81report'].flatMap((module) =>
  ['lib.sh', 'module-setup.sh', 'prepare.sh', 'run.sh'].map((file) => `${module}/${file}`),
)

/** What the work brings along: two modules of four small texts (37 KB), a template, and where wanted 40 MiB that don't compress. */
export function makePayload(site: Site, big: boolean): void {
  for (const [index, name] of MODULES.entries()) {
    const file = join(site.payload, 'modules', name)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, shellText(index), { mode: 0o644 })
  }
  writeFileSync(join(site.payload, 'upgrade.conf.j2'), conf('{{ inventory_hostname }}'))
  if (big) writeFileSync(join(site.payload, 'initramfs.img'), randomBytes(BIG_BYTES))
}

function conf(name: string): string {
  return `host = ${name}\nrelease = 9\nwave = 3\nreboot = yes\n`
}

/** About 4.6 KB that look like a script; each file differs. */
function shellText(seed: number): string {
  const lines = ['#!/bin/sh', `# part ${seed} of the payload`]
  for (let line = 0; line < 100; line++)
    lines.push(`step_${seed}_${line}() { echo "step ${(line * 7919 + seed) % 1000}"; }`)
  return `${lines.join('\n')}\n`
}

/** Why a host is not as the work leaves it, or undefined. A tool that does nothing must not win. */
export function faultOf(site: Site, host: BenchHost, big: boolean): string | undefined {
  const upgrade = join(host.tree, 'opt/upgrade')
  for (const name of MODULES) {
    const placed = join(upgrade, 'modules', name)
    if (!existsSync(placed)) return `${host.name}: ${name} is missing`
    if (!readFileSync(placed).equals(readFileSync(join(site.payload, 'modules', name)))) {
      return `${host.name}: ${name} differs`
    }
  }
  if (!existsSync(join(upgrade, 'log'))) return `${host.name}: the directory log is missing`
  const placed = join(upgrade, 'upgrade.conf')
  if (!existsSync(placed) || readFileSync(placed, 'utf8').trim() !== conf(host.name).trim()) {
    return `${host.name}: upgrade.conf differs`
  }
  if (!big) return undefined
  const image = join(upgrade, 'initramfs.img')
  const right = existsSync(image) && readFileSync(image).equals(readFileSync(join(site.payload, 'initramfs.img')))
  return right ? undefined : `${host.name}: initramfs.img differs`
}
