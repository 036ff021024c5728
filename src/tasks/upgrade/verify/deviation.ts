import type { Finding } from '../../contract.ts'

/** Something that is not as the upgrade should have left it: refuses unless the operator accepts it by its key. */
export function deviation(key: string, title: string, detail: string, remedy: string): Finding {
  return { key, severity: 'inhibitor', title, detail, remedy }
}

/** The first names, and how many more there are. */
export function listed(names: readonly string[], most = 10): string {
  const rest = names.length - most
  return rest > 0 ? `${names.slice(0, most).join(', ')} and ${rest} more` : names.join(', ')
}
