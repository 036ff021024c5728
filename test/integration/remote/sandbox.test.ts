import { execFileSync } from 'node:child_process'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import type { ReadOnlyRemote } from '../../../src/remote/types.ts'
import { Sessions } from './host.ts'
import { PASSWORDS, type SshServer, startSshServer } from './sshServer.ts'

let server: SshServer
let sessions: Sessions
beforeAll(async () => {
  server = await startSshServer()
  sessions = new Sessions(server)
})
afterEach(() => sessions.close())
afterAll(() => server.stop())

async function probe(remote: ReadOnlyRemote, script: string): Promise<string> {
  const [result] = await remote.probe([{ script: `${script}\n`, onFailure: 'continue' }])
  return `${result?.stdout}${result?.stderr}`.trim()
}

/** Each tries to write on the host, by another way; the file named in it must not come to be. */
const ATTEMPTS = (dir: string) => [
  `echo x > ${dir}/plain`,
  `touch ${dir}/touched`,
  `mkdir ${dir}/made`,
  `chmod 777 ${dir}/alice`,
  `rm -rf ${dir}/bob ${dir}/group`,
  `ln -s /etc ${dir}/linked`,
  `mount -o remount,rw / ; touch ${dir}/remounted`,
  `mount -o remount,bind,rw / ; touch ${dir}/rebound`,
  `mount -t tmpfs tmpfs ${dir} && touch ${dir}/mounted`,
  `umount -l ${dir}; umount -l /; touch ${dir}/unmounted`,
  `for p in 1 $PPID; do touch /proc/$p/root${dir}/proc; echo x > /proc/$p/cwd${dir}/proc; done`,
  `for p in /proc/[0-9]*; do touch $p/root${dir}/anyproc; done`,
  `nsenter -t 1 -m touch ${dir}/entered`,
  `unshare --mount touch ${dir}/unshared`,
  `unshare -U -r -m sh -c 'mount -o remount,bind,rw /; touch ${dir}/userns'`,
  `chroot /proc/1/root touch ${dir}/chrooted`,
  `mknod $TMPDIR/disk b 7 0 && echo disk > ${dir}/mknod`,
  `setpriv --reuid 65534 --clear-groups touch ${dir}/nobody`,
  `echo 1 > /proc/sys/kernel/panic_on_oops`,
  `echo x > /dev/new`,
  `chmod 666 /dev/mem`,
]

function fingerprint(): string {
  return server.inside(
    `cd ${server.dir} && find . ! -name sshd.log -printf '%p %m %u %s %T@\\n' | sort; cat /proc/sys/kernel/panic_on_oops; ls /etc /run /var/lib /tmp/..`,
  )
}

describe('a check as root', () => {
  it('cannot write by any way that we know', async () => {
    const remote = await (await sessions.check()).readOnly()
    const before = fingerprint()
    for (const attempt of ATTEMPTS(server.dir)) {
      await probe(remote, attempt)
      expect(fingerprint(), attempt).toBe(before)
    }
  })

  it('reads everything as an apply would, and has scratch space of its own', async () => {
    const check = await (await sessions.check()).readOnly()
    const apply = await (await sessions.apply()).writable()
    const script = `id -u; head -c 20 /etc/shadow; stat -c '%U %a' /etc/passwd /etc/shadow ${server.dir}/alice; ls /proc/1/comm; cat /proc/1/comm
ls ${server.dir}; cat /proc/sys/kernel/hostname; ls /sys | head; echo null >/dev/null && echo ok; head -c 4 /dev/urandom | wc -c; ls /dev/pts >/dev/null && echo pts`
    expect(await probe(check, script)).toBe(await probe(apply, script))
    expect(await probe(check, 'f=$(mktemp) && echo here >$f && cat $f')).toBe('here')
    expect(await probe(apply, 'ls /dev/shm/tmp.* 2>/dev/null')).toBe('')
  })

  it('covers filesystems mounted below others, whatever their names', async () => {
    server.inside(
      `mkdir -p '${server.dir}/a b' && mount -t tmpfs x '${server.dir}/a b' && mkdir '${server.dir}/a b/c' && mount -t tmpfs x '${server.dir}/a b/c'`,
    )
    const fresh = new Sessions(server)
    const remote = await (await fresh.check()).readOnly()
    await probe(remote, `touch '${server.dir}/a b/x' '${server.dir}/a b/c/x'`)
    expect(server.inside(`find '${server.dir}/a b' -type f`)).toBe('')
    await fresh.close()
    server.inside(`umount '${server.dir}/a b/c' '${server.dir}/a b'`)
  })

  it('leaves no mount and no process behind', async () => {
    const mounts = () => server.inside('cat /proc/self/mountinfo | wc -l')
    const before = mounts()
    const fresh = new Sessions(server)
    await (await fresh.check()).readOnly()
    await fresh.close()
    expect(mounts()).toBe(before)
  })
})

describe('a check as another user', () => {
  it('cannot write what the user could', async () => {
    const vars = { ansible_user: 'alice' }
    const remote = await (await sessions.check(vars)).readOnly()
    expect(await probe(remote, 'id -un; touch ~/x; echo $?')).toMatch(/^alice\n1\n.*Read-only file system/)
    expect(
      await probe(remote, 'mount -o remount,bind,rw /; unshare -U -r -m mount -o remount,bind,rw /; touch ~/x; ls ~'),
    ).not.toMatch(/\bx\b$/)
    expect(server.inside(`ls -A ${server.dir}/alice`)).toBe('')
    const apply = await (await sessions.apply(vars)).writable()
    expect((await apply.run('touch ~/x && ls ~ && rm ~/x')).stdout).toBe('x\n')
  })

  it('becomes root inside the sandbox', async () => {
    const session = await sessions.check({ ansible_user: 'alice' })
    const remote = await session.readOnly({ method: 'sudo', user: 'root', password: PASSWORDS.alice })
    expect(await probe(remote, `id -u; touch ${server.dir}/z; head -c 4 /etc/shadow`)).toMatch(/^0\nroot.*Read-only/s)
  })
})

it('refuses where there is none to be had', async () => {
  server.inside(
    `printf '#!/bin/sh\\necho no >&2; exit 1\\n' > ${server.dir}/unshare && chmod 755 ${server.dir}/unshare && mount --bind ${server.dir}/unshare /usr/bin/unshare`,
  )
  try {
    const session = await sessions.check()
    await expect(session.readOnly()).rejects.toMatchObject({
      kind: 'sandbox',
      host: 'web1',
      message: expect.stringContaining('read-only view'),
    })
    const user = await sessions.check({ ansible_user: 'alice' })
    await expect(user.readOnly()).rejects.toMatchObject({
      kind: 'sandbox',
      message: expect.stringContaining('user namespace'),
    })
  } finally {
    server.inside('umount /usr/bin/unshare')
  }
  expect(execFileSync('unshare', ['--version'], { encoding: 'utf8' })).toContain('util-linux')
})
