import { once } from 'node:events'
import { createConnection } from 'node:net'
import { createInterface } from 'node:readline'

interface Reply {
  return?: unknown
  error?: { desc: string }
}

/**
 * Sends one command to QEMU's control socket, found through the process's own working directory.
 *
 * @throws Error when QEMU is not there or refuses.
 */
export async function qmp(
  pid: number,
  command: 'system_reset' | 'system_powerdown' | 'set_link',
  args: Readonly<Record<string, unknown>> = {},
): Promise<unknown> {
  const socket = createConnection(`/proc/${pid}/cwd/qmp.sock`)
  try {
    await once(socket, 'connect')
    const lines = createInterface({ input: socket })
    const replies = lines[Symbol.asyncIterator]()
    const next = async (): Promise<Reply> => {
      for (;;) {
        const { value, done } = await replies.next()
        if (done) throw new Error(`QEMU closed its control socket during ${command}`)
        const message = JSON.parse(value) as Reply & { event?: string }
        if (message.event === undefined) return message
      }
    }
    await next() // the greeting
    const ask = async (execute: string, given: Readonly<Record<string, unknown>>) => {
      socket.write(`${JSON.stringify({ execute, arguments: given })}\n`)
      const reply = await next()
      if (reply.error) throw new Error(`QEMU refused ${execute}: ${reply.error.desc}`)
      return reply.return
    }
    await ask('qmp_capabilities', {})
    return await ask(command, args)
  } finally {
    socket.destroy()
  }
}
