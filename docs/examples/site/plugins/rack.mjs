// A producer of its own: a task that asks the host something and adds to its request. It changes nothing, so it works in a check, too.
export default ({ z, defineTask, quote }) =>
  defineTask({
    name: 'rack_request',
    summary: 'Puts the rack, as the host’s asset file names it, on the kernel command lines, and brings the file along.',
    args: z.strictObject({
      file: z.string().default('/etc/asset').describe('Holds a line rack=NAME'),
    }),
    freeForm: 'file',
    example: '- name: Racks\n  rack_request: {}\n',

    probes: ({ file }) => ({
      rack: {
        id: `rack ${file}`,
        script: `sed -n 's/^rack=//p' ${quote(file)} 2>/dev/null || :`,
        reads: [`path:${file}`],
        parse: ({ stdout }) => stdout.trim(),
      },
    }),
    mayTouch: () => [],

    check({ args: { file }, facts: { rack } }) {
      if (!/^[a-z0-9-]+$/.test(rack)) return { kind: 'ok', summary: `${file} names no rack` }
      const args = { add: [`site.rack=${rack}`] }
      return {
        kind: 'ok',
        summary: `rack ${rack}`,
        // The part behind the colon keeps several plugins apart; it is shown as who asked.
        provides: {
          'requests:rack': { include_files: ['/etc/os-release'], kernel_args: args, target: { kernel_args: args } },
        },
      }
    },
  })
