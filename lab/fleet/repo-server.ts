import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { createServer, type ServerResponse } from 'node:http'
import { join, normalize } from 'node:path'

// repo-server.ts FOLDER HOST:PORT...: serves dnf repositories over HTTP. One line per request on stdout.

async function serve(folder: string, path: string, range: string | undefined, response: ServerResponse): Promise<void> {
  const file = join(folder, normalize(join('/', path)))
  const found = await stat(file).catch(() => undefined)
  if (!found?.isFile()) {
    response.writeHead(404).end()
    return
  }
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(range ?? '') ?? []
  const start = first === undefined ? 0 : Number(first)
  const end = last ? Math.min(Number(last), found.size - 1) : found.size - 1
  if (first !== undefined && start > end) {
    response.writeHead(416, { 'content-range': `bytes */${found.size}` }).end()
    return
  }
  response.writeHead(first === undefined ? 200 : 206, {
    'content-length': end - start + 1,
    'accept-ranges': 'bytes',
    'last-modified': found.mtime.toUTCString(),
    ...(first === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${found.size}` }),
  })
  // An empty file has no last byte to read to.
  if (found.size === 0) response.end()
  else
    createReadStream(file, { start, end })
      .on('error', () => response.destroy())
      .pipe(response)
}

const [folder, ...addresses] = process.argv.slice(2)
if (!folder || addresses.length === 0) throw new Error('repo-server: FOLDER HOST:PORT... expected')
for (const address of addresses) {
  const colon = address.lastIndexOf(':')
  const server = createServer((request, response) => {
    const path = decodeURIComponent(new URL(request.url ?? '/', 'http://repo').pathname)
    serve(folder, path, request.headers.range, response)
      .catch(() => response.writeHead(500).end())
      .finally(() => console.log(`${new Date().toISOString()} ${request.method} ${path} ${response.statusCode}`))
  })
  server.on('error', (error) => {
    console.error(`repo-server: ${error.message}`)
    process.exit(1)
  })
  server.listen(Number(address.slice(colon + 1)), address.slice(0, colon))
}
