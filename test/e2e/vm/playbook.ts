import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Output, run } from '../../../lab/command.ts'
import type { Vm } from '../../../lab/vm/vm.ts'

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url))

/** An image compressed less hard boots the same; under emulation dracut's own choice takes two minutes more. */
const COMPRESSION = ['-e', 'image_compression="zstd -3"']

/**
 * Runs `upgrade-push -i <the machine> playbooks/initramfs.yml ...` as built into dist/. Its journal goes into the machine's folder.
 *
 * @throws CommandError when it does not end with exit code 0.
 */
export function runPlaybook(vm: Vm, ...options: string[]): Promise<Output> {
  const argv = [
    'node',
    'dist/upgrade-push.mjs',
    '-i',
    vm.files.inventory,
    'playbooks/initramfs.yml',
    '--yes',
    ...COMPRESSION,
    ...options,
  ] as const
  const env = { ...process.env, XDG_STATE_HOME: join(vm.files.dir, 'state') }
  return vm.whileWorking(`upgrade-push ${options.join(' ')}`, { noProgressSeconds: 600 }, (signal) =>
    run([...argv], { cwd: PROJECT, env, signal }),
  )
}

/** `ok=7 changed=0 ...` of the machine, out of the recap. */
export function recap({ stdout }: Output): Record<string, number> {
  const line = stdout.split('\n').findLast((candidate) => /\bok=\d+.*\bchanged=\d+/.test(candidate)) ?? ''
  return Object.fromEntries([...line.matchAll(/(\w+)=(\d+)/g)].map(([, name = '', count]) => [name, Number(count)]))
}
