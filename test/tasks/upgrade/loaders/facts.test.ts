import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { sha256 } from '../../../../src/tasks/upgrade/digest.ts'
import { loaderProbe, parseLoaderFacts } from '../../../../src/tasks/upgrade/loaders/facts.ts'

const GRUB_CFG = `set timeout=5
if [ "\${next_entry}" ] ; then
   set default="\${next_entry}"
   set next_entry=
   save_env next_entry
   set boot_once=true
else
   set default="\${saved_entry}"
fi
set kernelopts="root=/dev/sda2 ro"
insmod blscfg
blscfg
`
const ENTRY = 'title Old\nlinux /vmlinuz-1\n\noptions $kernelopts\n'

test('reads entries, configurations and environment blocks', () => {
  const boot = mkdtempSync(join(tmpdir(), 'boot-'))
  try {
    for (const dir of ['loader/entries', 'grub2', 'efi/EFI/redhat']) mkdirSync(join(boot, dir), { recursive: true })
    writeFileSync(join(boot, 'loader/entries/old.conf'), ENTRY)
    writeFileSync(join(boot, 'loader/loader.conf'), '#default no\ntimeout 3\ndefault  labos-*\n')
    writeFileSync(join(boot, 'grub2/grub.cfg'), GRUB_CFG)
    writeFileSync(join(boot, 'grub2/grubenv'), '# GRUB Environment Block\nsaved_entry=old\n'.padEnd(1024, '#'))
    writeFileSync(join(boot, 'efi/EFI/redhat/grub.cfg'), 'set prefix=($dev)/grub2\nconfigfile $prefix/grub.cfg\n')
    const script = loaderProbe.script.replaceAll('/boot/', `${boot}/`)
    const { stdout, stderr, status } = spawnSync('sh', ['-c', script], { encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    const facts = parseLoaderFacts({ code: 0, stdout: stdout.replaceAll(boot, '/boot'), stderr, truncated: false })
    expect(facts).toMatchObject({
      entries: [{ file: 'old.conf', text: ENTRY, sha256: sha256(ENTRY) }],
      loaderConfDefault: 'labos-*',
      grubConfigs: [
        {
          path: '/boot/grub2/grub.cfg',
          blscfg: true,
          nextEntry: true,
          stub: false,
          variables: { kernelopts: 'root=/dev/sda2 ro' },
        },
        { path: '/boot/efi/EFI/redhat/grub.cfg', blscfg: false, stub: true },
      ],
      grubEnvironments: [{ path: '/boot/grub2/grubenv', realPath: '/boot/grub2/grubenv', size: 1024 }],
    })
    expect(facts.bootId).toMatch(/^[0-9a-f-]{36}$/)
  } finally {
    rmSync(boot, { recursive: true })
  }
})

test('the EFI variables of systemd-boot, and nothing when they are empty', () => {
  const stdout =
    '@efivar\tLoaderInfo\tsystemd-boot 252\n@efivar\tLoaderEntryOneShot\tupgrade-push.conf\n@bootpath\t/boot\n'
  expect(parseLoaderFacts({ code: 0, stdout, stderr: '', truncated: false })).toMatchObject({
    efi: { info: 'systemd-boot 252', oneShot: 'upgrade-push.conf', default: undefined },
    bootPath: '/boot',
    entries: [],
  })
  expect(parseLoaderFacts({ code: 0, stdout: '@bootpath\t\n', stderr: '', truncated: false }).bootPath).toBeUndefined()
})
