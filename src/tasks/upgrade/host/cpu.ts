/**
 * Flags of /proc/cpuinfo that make the levels of the x86-64 psABI, where they differ from the level below. `lm` is level 1,
 * `abm` stands for LZCNT, `pni` for SSE3.
 */
const LEVELS: readonly (readonly string[])[] = [
  ['lm', 'cmov', 'cx8', 'fpu', 'fxsr', 'mmx', 'syscall', 'sse2'],
  ['cx16', 'lahf_lm', 'popcnt', 'sse4_1', 'sse4_2', 'ssse3', 'pni'],
  ['avx', 'avx2', 'bmi1', 'bmi2', 'f16c', 'fma', 'abm', 'movbe', 'xsave'],
  ['avx512f', 'avx512bw', 'avx512cd', 'avx512dq', 'avx512vl'],
]

/** The x86-64 level that a processor reaches; undefined on other architectures, and when the kernel does not tell. */
export function cpuLevel(arch: string, flags: string | undefined): number | undefined {
  if (arch !== 'x86_64' || flags === undefined) return undefined
  const has = new Set(flags.trim().split(/\s+/))
  const missing = LEVELS.findIndex((level) => !level.every((flag) => has.has(flag)))
  return missing === -1 ? LEVELS.length : missing
}
