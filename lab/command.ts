import { spawn } from 'node:child_process'

/** What a finished command said. */
export interface Output {
  stdout: string
  stderr: string
}

export interface CommandOptions {
  cwd?: string
  env?: NodeJS.ProcessEnv
  input?: string
  signal?: AbortSignal
}

/** A command ended with a non-zero code or by a signal. The message ends with its last lines. */
export class CommandError extends Error {
  override name = 'CommandError'
  readonly code: number | null
  readonly output: Output

  constructor(argv: readonly string[], ending: string, code: number | null, output: Output) {
    const tail = `${output.stdout}\n${output.stderr}`.trim().split('\n').slice(-15).join('\n')
    super(`${argv.slice(0, 3).join(' ')} ${ending}${tail ? `\n${tail}` : ''}`)
    this.code = code
    this.output = output
  }
}

/**
 * Runs one command to its end, without a shell.
 *
 * @throws CommandError when it can't be started, fails, or is ended by a signal.
 */
export function run(argv: readonly [string, ...string[]], options: CommandOptions = {}): Promise<Output> {
  const [file, ...args] = argv
  return new Promise((resolve, reject) => {
    const output: Output = { stdout: '', stderr: '' }
    const child = spawn(file, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      signal: options.signal,
      stdio: ['pipe', 'pipe', 'pipe'],
    })
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output.stdout += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output.stderr += text
    })
    // A command that ends without reading its input is judged by its exit code alone.
    child.stdin.on('error', () => {}).end(options.input ?? '')
    child.on('error', (error) => reject(new CommandError(argv, `could not run: ${error.message}`, null, output)))
    child.on('close', (code, signal) => {
      if (code === 0) resolve(output)
      else
        reject(
          new CommandError(argv, signal ? `was ended by ${signal}` : `failed with exit code ${code}`, code, output),
        )
    })
  })
}
