import { resolve } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createControllerFiles } from '../../../src/tasks/controller-files.ts'
import { installRpmsTask } from '../../../src/tasks/upgrade/install-rpms.ts'
import { stageTransactionTask } from '../../../src/tasks/upgrade/stage-transaction.ts'
import { aRequest, BASE_RPMS } from './a-request.ts'
import { installed, offline } from './offline.ts'
import { RpmHost, step } from './rpm-host.ts'

const OWN = { id: 'own', baseurl: 'file:///srv/own', gpgkey: '/etc/pki/rpm-gpg/RPM-GPG-KEY-labos' }
const STATE = '/var/lib/upgrade-push'
const ASKED = { to_install: ['new-tool'], to_remove: ['gone-tool'] }
const files = createControllerFiles({ playbookDir: resolve('.'), assetsDir: resolve('assets') })
const OLD_KERNEL = /^kernel-core-6\.1\.0-\S+\.lab8/

let staged: RpmHost
let final: string[]
const made: RpmHost[] = []

/** A host with a frozen plan, of which a test may do what it likes. */
async function aHost(prepare = ':'): Promise<RpmHost> {
  const host = await staged.copy()
  made.push(host)
  const { code, stderr } = await host.sh(prepare)
  expect(code, stderr).toBe(0)
  return host
}

beforeAll(async () => {
  staged = await RpmHost.create()
  await staged.sh('mkdir -p /srv/own; cp -r /srv/repo9/. /srv/own')
  const container = await step(staged, installRpmsTask, {
    args: { release: '9', repositories: [OWN] },
    given: aRequest({ rpms: [...BASE_RPMS, 'dnf'] }),
  })
  expect(container.failure?.message).toBeUndefined()
  const plan = await step(staged, stageTransactionTask, {
    files,
    args: ASKED,
  })
  expect(plan.failure?.message).toBeUndefined()
  expect(plan.after).toMatchObject({ kind: 'ok' })
})
afterEach(async () => {
  for (const host of made.splice(0)) await host.remove()
})
afterAll(() => staged.remove())

test('upgrades exactly as planned, and says what it does while a scriptlet runs', async () => {
  // In the initramfs the repository can't be reached.
  const host = await aHost('echo 9 >/etc/labos-slow; echo "threads=9 # mine" >/etc/webapp.conf; rm -r /srv/own')
  const { code, stderr, progress } = await offline(host, 'upgrade')
  expect(code, stderr).toBe(0)
  final = await installed(host)
  expect(final.filter((name) => !/\.lab9\./.test(name))).toEqual([expect.stringMatching(OLD_KERNEL)])
  expect(final).toContain('new-tool-2.0-1.lab9.noarch')
  expect(final).toContain('modern-tool-2.0-1.lab9.noarch')
  expect(final.join()).not.toMatch(/legacy-tool|gone-tool/)
  expect((await host.sh('cat /etc/webapp.conf; ls /etc/webapp.conf.rpmnew')).stdout).toContain('# mine')

  const events = progress.map(({ event }) => event)
  expect(events.indexOf('first-change')).toBeLessThan(events.indexOf('item'))
  expect(progress).toContainEqual(
    expect.objectContaining({ event: 'scriptlet', package: 'slowpost-2.0-1.lab9.noarch', kind: 'post' }),
  )
  expect(progress).toContainEqual(expect.objectContaining({ event: 'line', text: 'slowpost step 9/9' }))
  expect(progress).toContainEqual(
    expect.objectContaining({ event: 'heartbeat', what: 'scriptlet %post of slowpost-2.0-1.lab9.noarch' }),
  )
  const items = progress.filter(({ event }) => event === 'item')
  expect(items.at(-1)).toMatchObject({ n: items.length, of: items.length })

  const journal = (await host.sh(`cat ${STATE}/progress.jsonl`)).stdout.trim().split('\n')
  expect(JSON.parse(journal[0] ?? '')).toMatchObject({ event: 'first-change' })
  expect(JSON.parse(journal.at(-1) ?? '')).toMatchObject({ event: 'complete' })
  // dnf on the new system knows what was done.
  expect((await host.sh('dnf -C history info last')).stdout).toMatch(/Command Line\s*: .*upgrade-push/)

  // Once more is refused, as after the first change; resume finds nothing left.
  expect(await offline(host, 'upgrade')).toMatchObject({
    code: 21,
    stderr: expect.stringContaining('was begun before'),
  })
  expect(await offline(host, 'resume')).toMatchObject({ code: 0 })
  expect(await installed(host)).toEqual(final)
})

test('killed in a scriptlet: resume reaches the same packages', async () => {
  const host = await aHost('echo 30 >/etc/labos-slow')
  const cut = await offline(host, 'upgrade', { kill: { onText: 'slowpost step 2/30' } })
  expect(cut.code).toBe(137)
  const half = await installed(host)
  expect(half).toContain('webapp-1.0-1.lab8.noarch')
  expect(half).toEqual(expect.arrayContaining(['slowpost-1.0-1.lab8.noarch', 'slowpost-2.0-1.lab9.noarch']))
  expect(await offline(host, 'upgrade')).toMatchObject({ code: 21 })

  await host.sh('echo 1 >/etc/labos-slow')
  const { code, stderr, progress } = await offline(host, 'resume')
  expect(code, stderr).toBe(0)
  expect(await installed(host)).toEqual(final)
  // The scriptlet that was cut off runs again; those that run after the whole transaction never ran.
  expect(progress).toContainEqual(expect.objectContaining({ event: 'line', text: 'slowpost step 1/1' }))
  expect(progress).toContainEqual(
    expect.objectContaining({
      event: 'scriptlet',
      kind: 'posttrans',
      package: expect.stringMatching(/^kernel-core-6\.12/),
    }),
  )
  expect(await offline(host, 'resume')).toMatchObject({ code: 0 })
})

test('killed while packages are written: resume reaches the same packages', async () => {
  const host = await aHost()
  const cut = await offline(host, 'upgrade', { kill: { onText: '"action": "upgrade", "package": "dracut-9' } })
  expect(cut.code).toBe(137)
  const { code, stderr } = await offline(host, 'resume')
  expect(code, stderr).toBe(0)
  expect(await installed(host)).toEqual(final)
  expect((await host.sh('rpm -V dracut systemd webapp | grep -v " c "')).stdout).toBe('')
})

test('cut off from its power: packages that the journal knows as finished, without their files, are written again', async () => {
  const host = await aHost('echo 30 >/etc/labos-slow')
  const cut = await offline(host, 'upgrade', { kill: { onText: 'slowpost step 2/30' } })
  expect(cut.code).toBe(137)
  // What a disk may look like that lost its last seconds.
  const lost = await host.sh(`cd ${STATE} && echo 1 >/etc/labos-slow
sed -n 's/.*"finished".*"package": "\\([^"]*\\.lab9\\.[^"]*\\)".*/\\1/p' progress.jsonl | while read -r name; do
  file=$(rpm -ql "$name" | while read -r f; do [ -f "$f" ] && [ ! -L "$f" ] && [ -s "$f" ] && case $f in /etc/* | /bin/* | */lib*.so* | */ld-*) false;; esac && echo "$f" && break; done)
  [ -n "$file" ] || continue
  n=$((n + 1))
  case $n in 1) : >"$file" ;; 2) rm "$file" ;; 3) printf X | dd of="$file" conv=notrunc 2>/dev/null ;; *) break ;; esac
  echo "$name"
done`)
  const names = lost.stdout.trim().split('\n')
  expect(names, lost.stderr).toHaveLength(3)
  const verify = `rpm -V ${names.join(' ')} | grep -v ' c ' | grep -E '^(S|..5|missing)'`
  expect((await host.sh(verify)).stdout.trim().split('\n').length).toBeGreaterThanOrEqual(3)

  const { code, stderr, stdout } = await offline(host, 'resume')
  expect(code, stderr).toBe(0)
  expect(stdout).toMatch(/looking at the files that were written before/)
  expect(await installed(host)).toEqual(final)
  expect((await host.sh(verify)).stdout).toBe('')
})

test('a journal that is full after the first lines stops nothing, and a resume does without the lines that are not there', async () => {
  const host = await aHost('echo 30 >/etc/labos-slow')
  // One page, of which the journal gets a part.
  host.prelude = `mkdir /run/full && mount -t tmpfs -o size=8k tmpfs /run/full && dd if=/dev/zero of=/run/full/rest bs=4096 count=1 2>/dev/null && : >/run/full/journal && touch ${STATE}/progress.jsonl && mount --bind /run/full/journal ${STATE}/progress.jsonl`
  const journal = `3>&1 >/dev/null; code=$?; cat ${STATE}/progress.jsonl >&2; exit $code`
  const slow = await host.copy()
  made.push(slow)
  await host.sh('echo 1 >/etc/labos-slow')
  const { code, stderr, progress } = await offline(host, `upgrade ${journal}`)
  expect(code, stderr).toBe(0)
  const told = { event: 'line', text: expect.stringMatching(/journal can't be written \(No space left on device\)/) }
  expect(progress.filter(({ event }) => event === 'line')).toContainEqual(expect.objectContaining(told))
  expect(stderr).toContain('"first-change"')
  expect(stderr).not.toContain('"complete"')
  host.prelude = ''
  expect(await installed(host)).toEqual(final)

  // Cut off in a scriptlet, of which no line tells.
  const cut = await offline(slow, 'upgrade', { kill: { onText: 'slowpost step 2/30' } })
  expect(cut.code).toBe(137)
  await slow.sh(`echo 1 >/etc/labos-slow; sed -i '2,$d' ${STATE}/progress.jsonl`)
  const resumed = await offline(slow, 'resume')
  expect(resumed.code, resumed.stderr).toBe(0)
  expect(await installed(slow)).toEqual(final)
  expect(resumed.progress).toContainEqual(expect.objectContaining({ event: 'line', text: 'slowpost step 1/1' }))
})

test('killed among the removals, and again while resuming: resume reaches the same packages', async () => {
  const host = await aHost()
  const cut = await offline(host, 'upgrade', { kill: { onText: '"action": "cleanup", "package": "systemd-8' } })
  expect(cut.code).toBe(137)
  await offline(host, 'resume', { kill: { onText: '"event": "item"' } })
  const { code, stderr } = await offline(host, 'resume')
  expect(code, stderr).toBe(0)
  expect(await installed(host)).toEqual(final)
})

test('a package whose %pre fails is a failure after the change; resume goes on once the cause is gone', async () => {
  const host = await aHost('touch /etc/labos-fail')
  const failed = await offline(host, 'upgrade')
  expect(failed.code).toBe(21)
  expect(failed.stderr).toContain(
    'FAILED: the packages are not what the plan says: not installed: failpre-2.0-1.lab9.noarch',
  )
  expect(failed.progress).toContainEqual(
    expect.objectContaining({ event: 'line', text: 'scriptlet %pre of failpre-2.0-1.lab9.noarch failed' }),
  )
  expect(failed.progress.at(-1)).toMatchObject({ event: 'failed', changed: true })
  expect(await offline(host, 'resume')).toMatchObject({ code: 21 })
  await host.sh('rm /etc/labos-fail')
  const { code, stderr } = await offline(host, 'resume')
  expect(code, stderr).toBe(0)
  expect(await installed(host)).toEqual(final)
})

test.each([
  [
    'damaged',
    'f=$(ls packages/webapp*); cp $f x; printf XXXX | dd of=x bs=1 seek=5000 conv=notrunc; mv x $f',
    20,
    /webapp-2\S+ is damaged: its digest is not the one of the plan/,
  ],
  ['missing', 'rm packages/webapp*', 20, /webapp-2\S+\.rpm is missing from \/var\/lib\/upgrade-push\/packages/],
  ['without a dry run', 'sed -i \'s/"dryRun":{[^}]*}/"dryRun":null/\' plan.json', 20, /dry run has not passed/],
  ['without its metadata', 'rm -r dnf/transaction/*', 20, /own/],
  ['without a plan', 'rm plan.json', 20, /there is no plan/],
])('a plan that is %s is refused before the first change', async (_, damage, expected, why) => {
  const host = await aHost(`cd ${STATE} && ${damage}`)
  const before = await host.sh('sha256sum /var/lib/rpm/rpmdb.sqlite')
  const { code, stderr, progress } = await offline(host, 'upgrade')
  expect(code, stderr).toBe(expected)
  expect(stderr).toMatch(why)
  expect(progress.map(({ event }) => event)).not.toContain('first-change')
  expect((await host.sh('sha256sum /var/lib/rpm/rpmdb.sqlite')).stdout).toBe(before.stdout)
  expect((await offline(host, 'resume')).code).toBe(20)
})

test('a host that changed since the plan was made is told with the difference, and not touched', async () => {
  const host = await aHost('rpm -e webapp')
  const { code, stderr, progress } = await offline(host, 'upgrade')
  expect(code, stderr).toBe(22)
  expect(stderr).toContain('dnf would not do what the plan says: no longer: upgrade webapp-2.0-1.lab9.noarch')
  expect(progress.at(-1)).toMatchObject({ event: 'failed', changed: false })
})

// As on a release whose rpm writes another format and looks elsewhere; and the plan is one of before.
const ELSEWHERE = `printf '%%_dbpath /usr/lib/sysimage/rpm\\n%%_db_backend ndb\\n' >${STATE}/target/etc/rpm/macros.zz; mkdir -p /usr/lib/sysimage; rm ${STATE}/plan.sums`

test('a database of another format and place is converted and moved, nothing of it before the first change', async () => {
  const host = await aHost(ELSEWHERE)
  const sight = 'ls -A /var/lib/rpm; sha256sum /var/lib/rpm/rpmdb.sqlite'
  const before = await host.sh(sight)
  const { before: verdict, failure, after } = await step(host, stageTransactionTask, { files, args: ASKED })
  expect(verdict, JSON.stringify(verdict)).toMatchObject({ kind: 'change' })
  expect(failure?.message).toBeUndefined()
  expect(after).toMatchObject({ kind: 'ok' })
  expect(await host.sh(sight)).toEqual(before)

  // Where there is no room for another one: a failure like any other before the first change.
  host.prelude = `mkdir /run/rpm && cp -a /var/lib/rpm/. /run/rpm && mount -t tmpfs -o size=$(($(du -sk /run/rpm | cut -f1) + 512))k tmpfs /var/lib/rpm && cp -a /run/rpm/. /var/lib/rpm`
  const full = await offline(host, `upgrade 3>&1 >/dev/null; code=$?; (${sight}) >&2; exit $code`)
  host.prelude = ''
  expect(full.code, full.stderr).toBe(20)
  expect(full.stderr).toMatch(/^FAILED: the RPM database can't be rebuilt.*: .*No space left on device/m)
  expect(full.stderr.endsWith(before.stdout), full.stderr).toBe(true)
  expect(full.progress.map(({ event }) => event)).not.toContain('first-change')

  // Nothing was begun where it is cut off before; the next one goes on as if nothing had been.
  const early = await offline(host, 'upgrade', { kill: { onText: 'rebuilding the RPM database' } })
  expect(early.code).toBe(137)
  expect(early.progress.map(({ event }) => event)).not.toContain('first-change')
  expect((await offline(host, 'resume')).code).toBe(20)
  expect((await host.sh('sha256sum /var/lib/rpm/rpmdb.sqlite')).stdout).toBe(`${before.stdout.split('\n').at(-2)}\n`)

  const cut = await offline(host, 'upgrade', { kill: { onText: '"event": "first-change"' } })
  expect(cut.code).toBe(137)
  const { code, stderr } = await offline(host, 'resume')
  expect(code, stderr).toBe(0)
  expect(await installed(host)).toEqual(final)
  expect((await host.sh('readlink /var/lib/rpm; ls -A /usr/lib/sysimage/rpm')).stdout).toMatch(
    /^\.\.\/\.\.\/usr\/lib\/sysimage\/rpm\n(\.(?!rebuild).*\n)*Index\.db\nPackages\.db\n$/,
  )
})
