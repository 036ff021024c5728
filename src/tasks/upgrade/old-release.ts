/**
 * Packages whose release names this major release: `.el8`, `.el8_10`, `.module+el8.9.0`. Kernels are told apart, because they are installed
 * beside each other: an upgrade never takes the one away that ran before it.
 *
 * @param release such as `8.10`
 * @param packages as name-[epoch:]version-release.arch
 */
export function ofRelease(release: string, packages: readonly string[]): { kernels: string[]; others: string[] } {
  const major = release.split('.')[0]?.replace(/[^0-9A-Za-z]/g, '') ?? ''
  if (major === '') return { kernels: [], others: [] }
  const named = new RegExp(`[.+_][a-z]+${major}(?:[._+]|$)`)
  const found = packages.filter((nevra) => named.test(nevra.slice(nevra.lastIndexOf('-')).replace(/\.[^.]*$/, '')))
  const kernels = found.filter((nevra) => /^kernel(-|$)/.test(packageName(nevra)))
  return { kernels, others: found.filter((nevra) => !kernels.includes(nevra)) }
}

/** `name` of name-[epoch:]version-release.arch. */
export function packageName(nevra: string): string {
  return nevra.split('-').slice(0, -2).join('-')
}
