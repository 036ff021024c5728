import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from '../../../lab/command.ts'
import type { Distro } from '../../../lab/distro/distro.ts'

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))
/** Of docs/examples: a driver that the new release's packages do not bring, for both images. */
const DRIVER_REQUEST = join(PROJECT, 'docs/examples/site/requests.d/10-driver.yml')
export const DRIVER = 'acme_nic'
export const UPGRADE_IMAGE = '/boot/initramfs-upgrade.x86_64.img'

/** On the machine: present, the site's script of the first boot fails. */
export const FAIL_FIRST_BOOT = '/etc/labos-fail-first-boot'
/** On the machine: each line is one run of a script of the site's. */
export const SCRIPT_RUNS = '/var/log/site-scripts'

const SCRIPTS = `scripts:
  after_transaction: [{ path: files/after-transaction.sh }]
  first_boot: [{ path: files/first-boot.sh }]
`
const AFTER_TRANSACTION = `echo "after-transaction $UPGRADE_FROM $UPGRADE_TO" >>${SCRIPT_RUNS}
`
const FIRST_BOOT = `if [ -e ${FAIL_FIRST_BOOT} ]; then echo 'the application is not ready' >&2; exit 1; fi
echo "first-boot $UPGRADE_FROM $UPGRADE_TO" >>${SCRIPT_RUNS}
`

/** An operator's folder: playbooks of the project's, with requests and a driver beside them. */
export interface Site {
  /** The whole upgrade. */
  upgrade: string
  /** The same without what reboots: everything is frozen, nothing is armed. */
  prepare: string
  /** Only arms what was frozen: somebody else reboots, when he likes. */
  arm: string
  /** `upgrade`, but nobody waits long for the first boot. */
  impatient: string
}

/** A driver for the target's kernel: LabOS has it in a package of its own that nothing asks for. */
async function takeDriver(distro: Distro, to: string): Promise<void> {
  const work = await mkdtemp(join(tmpdir(), 'upgrade-push-driver-'))
  try {
    const rpm = (await readdir(distro.repo9)).find((name) => name.startsWith('kernel-modules-extra-'))
    const script = `cd "$1" && rpm2cpio "$2" | cpio -idm --quiet '*/dummy.ko*' && f=$(find . -name 'dummy.ko*') &&
      case $f in *.xz) xz -dc "$f" ;; *) cat "$f" ;; esac >"$3" && [ -s "$3" ]`
    await run(['sh', '-c', script, 'sh', work, join(distro.repo9, rpm ?? 'kernel-modules-extra'), to])
  } finally {
    await rm(work, { recursive: true, force: true })
  }
}

/** The playbook up to the task with this name, which must be there. */
function cutBefore(playbook: string, task: string): string {
  const at = playbook.indexOf(`    - name: ${task}\n`)
  if (at < 0) throw new Error(`playbooks/upgrade.yml has no task "${task}"`)
  return playbook.slice(0, at)
}

/** Lays the folder out in `dir`, in place of what is there. */
export async function makeSite(dir: string, distro: Distro): Promise<Site> {
  await rm(dir, { recursive: true, force: true })
  await mkdir(join(dir, 'files'), { recursive: true })
  await mkdir(join(dir, 'requests.d'))
  await takeDriver(distro, join(dir, 'files', `${DRIVER}.ko`))
  await cp(DRIVER_REQUEST, join(dir, 'requests.d/10-driver.yml'))
  await writeFile(join(dir, 'requests.d/20-scripts.yml'), SCRIPTS)
  await writeFile(join(dir, 'files/after-transaction.sh'), AFTER_TRANSACTION)
  await writeFile(join(dir, 'files/first-boot.sh'), FIRST_BOOT)
  const upgrade = await readFile(join(PROJECT, 'playbooks/upgrade.yml'), 'utf8')
  const tasks = '  tasks:\n'
  const watching = '      reboot_upgrade:\n'
  const impatience = '        timeouts: { first-boot: 120 }\n        patience: 60\n'
  const texts = {
    upgrade,
    arm: `${upgrade.slice(0, upgrade.indexOf(tasks))}${tasks}    - boot_entry:\n        arm: true\n`,
    impatient: upgrade.replace(watching, watching + impatience),
    prepare: cutBefore(upgrade, 'The upgrade'),
  }
  for (const [name, text] of Object.entries(texts)) await writeFile(join(dir, `${name}.yml`), text)
  const path = (name: string) => join(dir, `${name}.yml`)
  return {
    upgrade: path('upgrade'),
    prepare: path('prepare'),
    arm: path('arm'),
    impatient: path('impatient'),
  }
}
