import { isPresent } from '../host/facts.ts'
import { chooseDriver } from '../loaders/choose.ts'
import type { Rule } from './situation.ts'

/** What boot_entry would refuse for, said before anything is built. */
export const loader: Rule = ({ host, loader: facts }) => {
  const chosen = chooseDriver({ host, loader: facts })
  if ('none' in chosen) return [{ severity: 'inhibitor', ...chosen.none }]
  const { driver, obstacles } = chosen
  return [
    ...obstacles.map((obstacle) => ({ severity: 'inhibitor' as const, ...obstacle })),
    ...(driver.neverRun
      ? [
          {
            key: 'loader_never_run',
            severity: 'low' as const,
            title: `${driver.neverRun.what} was never booted by this project’s tests`,
            detail: driver.neverRun.instead,
            remedy: 'Try one machine of this kind with a console at hand first.',
          },
        ]
      : []),
  ]
}

/** Without either, nothing can see or mend the firmware's boot order. */
export const efiTools: Rule = ({ host, loader: facts }) => {
  if (
    host.firmware !== 'efi' ||
    isPresent(host, '/usr/sbin/efibootmgr') ||
    facts.tools.efibootmgr ||
    facts.tools.bootctl
  ) {
    return []
  }
  return [
    {
      key: 'efi_tools',
      severity: 'inhibitor',
      title: 'no tool for the firmware’s boot entries',
      detail: 'the host boots by EFI, and has neither efibootmgr nor bootctl',
      remedy: 'Install efibootmgr.',
    },
  ]
}
