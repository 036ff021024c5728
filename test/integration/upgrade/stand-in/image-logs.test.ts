import { appendFileSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Controller, type ControllerRun } from './controller.ts'
import { StandIn, until } from './stand-in.ts'

let host: StandIn
let controller: Controller
beforeEach(async () => {
  host = await StandIn.start()
  controller = new Controller(host)
})
afterEach(async () => {
  controller.remove()
  await host.stop()
})

const SECRET = 'a-password-of-this-host'

async function throughImage(run: ControllerRun): Promise<void> {
  await host.rebootAsked()
  await host.down()
  await host.image()
  await run.phase('initramfs-boot', 'the image answers')
}

/** The image did all, and the new system is done with its first boot. */
async function upgraded(run: ControllerRun): Promise<void> {
  host.say('done', 'done', { outcome: 'first-boot' })
  await run.phase('rebooting')
  await host.down()
  host.result('upgraded')
  await host.newSystem()
}

const kept = (run: string) => join(run, 'image-logs/machine.log')
const last = () => controller.runs().at(-1) as string

test('after a success the log is with the run: its end, harmless, private, without secrets; a second run fetches nothing', async () => {
  appendFileSync(join(controller.dir, 'hosts.ini'), `\n[all:vars]\nansible_become_password=${SECRET}\n`)
  const line = (i: number) => `line ${i} ${'x'.repeat(90)}\n`
  const early = Array.from({ length: 20_000 }, (_, i) => line(i)).join('')
  host.logs('initramfs.log', `${early}a \x1b[31mred\x1b]0;title\x07 line\nsaid ${SECRET}\nthe last line\n`)
  host.logs('transaction.log', 'Upgrading bash\n')
  host.logs('first-boot/10-mine.log', 'my script\n')
  const run = controller.run()
  await throughImage(run)
  await upgraded(run)
  expect(await run.ended, run.stderr + run.stdout.slice(-1000)).toBe(0)

  const path = kept(last())
  const text = readFileSync(path, 'utf8')
  expect(text).toMatch(/initramfs\.log: its last lines, \d{7} bytes in all; what came before is on the host only <==\n/)
  expect(text).not.toContain('line 0 ')
  expect(text).toContain(`${line(19_999)}a \\x1b[31mred\\x1b]0;title\\x07 line\nsaid ********\nthe last line\n`)
  expect(text).toContain('==> /var/log/upgrade-push/transaction.log <==\nUpgrading bash\n')
  expect(text).toContain('my script\n')
  expect(text).not.toContain('\x1b')
  expect(text.length).toBeLessThan(1.1e6)
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(statSync(join(path, '..')).mode & 0o777).toBe(0o700)
  expect(run.results()['the upgrade']?.result).toMatchObject({ image_log: path })
  expect(run.of('image_log')).toEqual([expect.objectContaining({ host: 'machine', path })])
  expect(controller.shown()).toContain(`\nlogs of the upgrade image: ${path}\n`)

  const again = controller.run()
  expect(await again.ended).toBe(0)
  expect(again.results()['the upgrade']?.status).toBe('ok')
  expect(again.of('image_log')).toEqual([])
  expect(existsSync(join(last(), 'image-logs'))).toBe(false)
})

test('after a failure before the first change the old system has it, and the remedy says where it is', async () => {
  const run = controller.run()
  await throughImage(run)
  host.say('failed', 'failed', { step: 'checks', text: 'bash.rpm is damaged', changed: false })
  await run.phase('rebooting')
  await host.down()
  host.logs('initramfs.log', 'sha256 differs\n')
  host.result('failed', { changed: false, step: 'checks', message: 'bash.rpm is damaged' })
  await host.newSystem('8')
  expect(await run.ended).toBe(2)
  expect(readFileSync(kept(last()), 'utf8')).toContain('sha256 differs\n')
  expect(run.results()['the upgrade']).toMatchObject({
    status: 'failed',
    remedy: expect.stringContaining(`what the image logged is here: ${kept(last())}`),
  })
})

test('after a failure behind the first change it is asked of the image that waits', async () => {
  writeFileSync(host.path('journal'), 'the journal of the image\n')
  const run = controller.run()
  await throughImage(run)
  host.say('failed', 'failed', { step: 'transaction', text: 'scriptlet failed', changed: true })
  host.say('waiting', 'phase', { text: 'scriptlet failed' })
  expect(await run.ended).toBe(2)
  expect(readFileSync(kept(last()), 'utf8')).toBe('==> journal of the image <==\nthe journal of the image\n\n')
  expect(run.results()['the upgrade']?.remedy).toContain(`what the image logged is here: ${kept(last())}`)
  expect(controller.remembers()).toBeDefined()
})

test('a reboot that was refused has no log to be kept', async () => {
  host.logs('initramfs.log', 'of an earlier attempt\n')
  host.inside(
    `printf '#!/bin/sh\\n[ "$1" != reboot ] || { echo Operation inhibited; exit 1; }\\n' >${host.path('bin/systemctl')}`,
  )
  const run = controller.run()
  expect(await run.ended).toBe(2)
  expect(run.of('image_log')).toEqual([])
})

/** The link is lost whenever the log is read, so many times. */
async function tear(times: number): Promise<void> {
  for (let i = 1; i <= times; i++) {
    await until(() => existsSync(host.path('log-read')))
    await host.down()
    rmSync(host.path('log-read'))
    if (i === times) rmSync(host.path('bin/tail'))
    await host.newSystem()
  }
}

test('a link that is lost while the log is fetched costs nothing: it is fetched again', async () => {
  host.logs('initramfs.log', 'what the image said\n')
  const run = controller.run()
  await throughImage(run)
  host.stallLogs()
  await upgraded(run)
  await tear(1)
  expect(await run.ended, run.stderr + run.stdout.slice(-1000)).toBe(0)
  expect(readFileSync(kept(last()), 'utf8')).toContain('what the image said')
})

test('one that is lost each time is told, and the upgrade is a success all the same', async () => {
  host.logs('initramfs.log', 'what the image said\n')
  const run = controller.run()
  await throughImage(run)
  host.stallLogs()
  await upgraded(run)
  await tear(2)
  expect(await run.ended, run.stderr + run.stdout.slice(-1000)).toBe(0)
  expect(run.results()['the upgrade']).toMatchObject({
    status: 'changed',
    result: { outcome: 'upgraded', image_log: null },
  })
  expect(run.of('image_log')).toEqual([expect.objectContaining({ host: 'machine', missing: expect.any(String) })])
  expect(existsSync(kept(last()))).toBe(false)
  expect(controller.shown()).toContain('\nlogs of the upgrade image: not kept of machine\n')
})
