import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { PROXY_PORT, SSH_PORT } from './site.ts'

/**
 * A program of its own: node delay-proxy.ts RTT_MS ADDRESS... A connection to PROXY_PORT of an address that it listens on goes to SSH_PORT of
 * the same address. Each direction is delayed by half the round trip, the dial by a whole one, as TCP's handshake is. No limit of bandwidth, no loss.
 * Says `ready` once it listens everywhere.
 */
const [, , rtt, ...addresses] = process.argv
const rttMs = Number(rtt)

function delay(from: Socket, to: Socket): void {
  const held: { at: number; data: Buffer | undefined }[] = []
  let waiting = false
  const release = () => {
    waiting = false
    const now = performance.now() + 0.2
    for (let next = held[0]; next && next.at <= now; next = held[0]) {
      held.shift()
      if (next.data) to.write(next.data)
      else to.end()
    }
    if (held[0]) wait(held[0].at - performance.now())
  }
  const wait = (ms: number) => {
    waiting = true
    setTimeout(release, Math.max(1, ms))
  }
  const hold = (data?: Buffer) => {
    held.push({ at: performance.now() + rttMs / 2, data })
    if (!waiting) wait(rttMs / 2)
  }
  from.on('data', hold).on('end', () => hold())
}

function carry(client: Socket): void {
  client.on('error', () => {})
  setTimeout(() => {
    const host = client.localAddress ?? ''
    const behind = connect({ host, port: SSH_PORT, allowHalfOpen: true, noDelay: true })
    behind.on('error', () => client.destroy())
    client.on('close', () => behind.destroy())
    behind.on('close', () => setTimeout(() => client.destroy(), rttMs))
    delay(client, behind)
    delay(behind, client)
    client.resume()
  }, rttMs)
}

for (const address of addresses) {
  const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true }, carry)
  server.listen(PROXY_PORT, address, 511)
  await once(server, 'listening')
}
process.stdout.write('ready\n')
