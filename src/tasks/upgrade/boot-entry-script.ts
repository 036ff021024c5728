import { dirname } from 'node:path/posix'
import { quote } from '../../remote/quote.ts'
import { HOST } from './layout.ts'
import { DISARM } from './loaders/disarm.ts'
import type { LoaderScripts } from './loaders/driver.ts'

export interface EntryChange {
  /** Digest of the text on standard input; undefined when the entry is to go away, or is right as it is. */
  readonly write?: string | undefined
  readonly remove?: boolean | undefined
  readonly arm?: boolean | undefined
}

/**
 * One script for a change of our entry. The one-shot choice is taken back first and comes last, so a boot in between is the old
 * system's; the other entries and the default's settings are compared before and after.
 *
 * @param steer the script that steers the loader from the initramfs: on the disk before the one-shot choice is made.
 */
export function entryScript(scripts: LoaderScripts, change: EntryChange, steer?: string): string {
  const steps = [
    `disarm_upgrade || fail "the one-shot choice of the upgrade can't be taken back"`,
    ...(change.write === undefined
      ? []
      : [
          `write_entry || fail "the boot entry can't be written"`,
          `[ "$(read_back | sha256sum | cut -c1-64)" = ${change.write} ] || fail 'the boot entry read back differs from what was written'`,
        ]),
    ...(change.remove
      ? [
          `remove_entry || fail "the boot entry can't be removed"`,
          `[ -z "$(read_back)" ] || fail 'the boot entry is still there'`,
          `rm -rf ${dirname(HOST.steer)} || fail "${dirname(HOST.steer)} can't be removed"`,
        ]
      : []),
    ...(steer === undefined ? [] : [writeSteer(steer)]),
    `[ "$(fingerprint)" = "$before" ] || fail ${quote(UNTOUCHED)}`,
    ...(change.arm
      ? [
          `arm || fail "the upgrade can't be armed"`,
          `if [ "$(armed)" != yes ] || [ "$(fingerprint)" != "$before" ]; then
  disarm_upgrade
  fail 'arming did not do what it should: the next boot is the old system'
fi`,
        ]
      : []),
  ]
  // Each piece in a subshell: it may exit.
  return `fail() { printf '%s\\n' "$1" >&2; exit 1; }
${DISARM}
${piece('fingerprint', scripts.fingerprint)}
${piece('write_entry', scripts.write)}
${piece('remove_entry', scripts.remove)}
${piece('read_back', scripts.readBack)}
${piece('arm', scripts.arm)}
${piece('armed', scripts.armed)}
before=$(fingerprint) || fail "the other boot entries can't be read"
${steps.join('\n')}
`
}

const UNTOUCHED = 'another boot entry or the default changed meanwhile: look at /boot/loader/entries, then run again'

function writeSteer(text: string): string {
  const folder = dirname(HOST.steer)
  // What an earlier attempt noted about the default goes, too: it was that attempt's.
  return `rm -rf ${folder} && mkdir -m 700 ${folder} && printf %s ${quote(text)} >${HOST.steer}.new &&
  chmod 600 ${HOST.steer}.new && sync ${HOST.steer}.new && mv ${HOST.steer}.new ${HOST.steer} && sync ${folder} ||
  fail "${HOST.steer} can't be written"`
}

function piece(name: string, body: string): string {
  return `${name}() (\n${body}\n)`
}
