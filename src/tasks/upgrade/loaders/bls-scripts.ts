import { quote } from '../../../remote/quote.ts'
import type { LoaderScripts } from './driver.ts'
import { ENTRIES, ENTRY_FILE, ENTRY_PATH } from './paths.ts'

/** Entry files are ours by name or by the kernel that they boot: the same test as `isOurs`, in sh. */
const IS_OURS = `is_ours() {
  case \${1##*/} in ${ENTRY_FILE} | ${ENTRY_FILE.replace('.conf', '')}+*.conf) return 0 ;; esac
  grep -q -E '^[[:space:]]*linux[[:space:]]+([^[:space:]]*/)?vmlinuz-upgrade\\.[^/[:space:]]+[[:space:]]*$' "$1"
}
`

/** Writing, removing and reading an entry file: the same for every loader that reads BLS entries. */
export function blsScripts(
  fingerprintOfDefault: string,
): Pick<LoaderScripts, 'fingerprint' | 'write' | 'remove' | 'readBack'> {
  // Without `.conf` at its end no loader takes the half-written file for an entry.
  const temporary = quote(`${ENTRIES}/.${ENTRY_FILE}.new`)
  const entry = quote(ENTRY_PATH)
  return {
    fingerprint: `${IS_OURS}
for f in ${ENTRIES}/*.conf; do
  [ -e "$f" ] || continue
  is_ours "$f" || sha256sum "$f" || exit 1
done
${fingerprintOfDefault}`,
    write: `${IS_OURS}
mkdir -p ${ENTRIES} && cat >${temporary} && chmod 644 ${temporary} && sync ${temporary} && mv -f ${temporary} ${entry} || exit 1
for f in ${ENTRIES}/*.conf; do
  [ "$f" = ${entry} ] || [ ! -e "$f" ] || ! is_ours "$f" || rm -f "$f" || exit 1
done
sync ${ENTRIES}`,
    remove: `${IS_OURS}
rm -f ${temporary} || exit 1
for f in ${ENTRIES}/*.conf; do
  [ ! -e "$f" ] || ! is_ours "$f" || rm -f "$f" || exit 1
done
[ ! -d ${ENTRIES} ] || sync ${ENTRIES}`,
    readBack: `[ ! -e ${entry} ] || cat ${entry}`,
  }
}
