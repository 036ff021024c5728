/** What a host's `ip` and files say, by the command or the path. */
export interface Situation {
  /** The host's address to which the controller is connected. */
  readonly reached?: string
  readonly address?: readonly object[]
  readonly route4?: readonly object[]
  readonly route6?: readonly object[]
  readonly rule4?: readonly object[]
  /** Names of interfaces with a device behind them. */
  readonly hardware?: readonly string[]
  readonly wireless?: readonly string[]
  /** addr_assign_type by interface; 0 is the device's own address. */
  readonly assigned?: Readonly<Record<string, number>>
  /** Text by path: the lines that the probe lets through. */
  readonly files?: Readonly<Record<string, string>>
}

const OWN_RULES = [
  { priority: 0, src: 'all', table: 'local' },
  { priority: 32766, src: 'all', table: 'main' },
  { priority: 32767, src: 'all', table: 'default' },
]

/** The probe's answer, as the shell would print it. */
export function probeOutput(situation: Situation): string {
  const { reached, address, route4 = [], route6 = [], rule4 = OWN_RULES, hardware = [], wireless = [] } = situation
  const json = (what: string, value: unknown) => `@ip\t${what}\t${JSON.stringify(value)}`
  return [
    ...(reached === undefined ? [] : [`@reached\t${reached}`]),
    ...(address === undefined
      ? []
      : [
          json('-d address', address),
          json('-4 route show', route4),
          json('-6 route show', route6),
          json('-4 rule', rule4),
          json('-6 rule', OWN_RULES.slice(0, 2)),
        ]),
    ...hardware.map((name) => `@hardware\t${name}`),
    ...wireless.map((name) => `@wireless\t${name}`),
    ...Object.entries(situation.assigned ?? {}).map(
      ([name, type]) => `/sys/class/net/${name}/addr_assign_type:${type}`,
    ),
    ...Object.entries(situation.files ?? {}).flatMap(([path, text]) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => `${path}:${line}`),
    ),
    '',
  ].join('\n')
}
