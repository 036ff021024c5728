import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../../../lab/command.ts'
import type { Vm } from '../../../lab/vm/vm.ts'

/** Runs a command in the upgrade image, logged in as a person would be: with the run's key, and only if the image's own host key answers. */
export async function inImage(vm: Vm, command: string): Promise<string> {
  const hosts = join(vm.files.controller, 'upgrade-push/hosts')
  const record = JSON.parse(await readFile(join(hosts, 'labvm.json'), 'utf8')) as { image: { keyFile?: string } }
  const options = {
    UserKnownHostsFile: join(hosts, 'labvm.known_hosts'),
    HostKeyAlias: 'upgrade-image',
    // Without `ssh_key` of the playbook it is the key that the controller made for its runs.
    IdentityFile: record.image.keyFile ?? join(vm.files.controller, 'upgrade-push/keys/upgrade_ed25519'),
  }
  const given = Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])
  // What is given first counts: the configuration's own key and known hosts are the installed system's.
  return (await run(['ssh', ...given, '-F', vm.files.sshConfig, 'labvm', '--', command])).stdout
}
