/** `20261123T051334Z-ab12` as `2026-11-23T05:13:34.000Z`: the real time at which a run was started, which a rehearsal's events do not have. */
export function startOf(run: string): string {
  return run.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-.*$/, '$1-$2-$3T$4:$5:$6.000Z')
}
