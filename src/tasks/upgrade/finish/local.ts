import { join } from 'node:path'
import type { Content, ControllerFiles } from '../../contract.ts'
import { type LocalModules, loadModules, RESUME_UNIT } from '../upload-dracut-modules-local.ts'

/** The controller's side of the final steps. */
export interface FinishLocal {
  /** Reads what lies at a path that a request names. */
  readonly module: LocalModules['module']
  /** The program of the first boot: name -> text. */
  readonly program: Readonly<Record<string, string>>
  /** Its unit. */
  readonly unit: string
  bytes(data: string): Content
}

/** Shared between the final steps in the upgrade image and the first boot. */
const SHARED = ['lib.sh', 'scripts.sh']

export async function loadFinish(files: ControllerFiles): Promise<FinishLocal> {
  const { module } = await loadModules(files)
  const own = join(files.assetsDir, 'first-boot')
  const shared = join(files.assetsDir, 'dracut/85sys-upgrade-redhat/finish')
  const program: Record<string, string> = {}
  for (const name of await files.list(own)) program[name] = await files.text(join(own, name))
  for (const name of SHARED) program[name] = await files.text(join(shared, name))
  return {
    module,
    program,
    unit: await files.text(join(files.assetsDir, 'systemd', RESUME_UNIT)),
    bytes: (data) => files.bytes(data),
  }
}
