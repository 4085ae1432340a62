/** Runs a command in this process, with no terminal, and catches what it writes. */
import { Writable } from 'node:stream'
import { runCli } from '../../src/cli/run-cli.js'

export interface CliEnd {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export async function cli(argv: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<CliEnd> {
  const stdout = catcher()
  const stderr = catcher()
  const stdin = { isTTY: false } as NodeJS.ReadStream
  const code = await runCli(argv, { stdout: stdout.stream, stderr: stderr.stream, stdin, env })
  return { code, stdout: stdout.text(), stderr: stderr.text() }
}

function catcher(): { readonly stream: NodeJS.WriteStream; text(): string } {
  const parts: string[] = []
  const stream = new Writable({
    write(chunk, _encoding, done) {
      parts.push(String(chunk))
      done()
    },
  })
  return { stream: stream as unknown as NodeJS.WriteStream, text: () => parts.join('') }
}
