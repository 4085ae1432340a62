/** `npm run example -- NAME …`: starts examples/NAME.ts with the flags that follow; without a name it lists them. */
import { readdirSync } from 'node:fs'
import { UsageError } from '../src/core/errors.js'
import { didYouMean } from '../src/core/suggest.js'

const FOLDER = new URL('../examples/', import.meta.url)

/** Examples that are programs. What `train` takes by its file is not. */
const names = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.ts') && !file.startsWith('my-'))
  .map((file) => file.slice(0, -'.ts'.length))

const [name, ...args] = process.argv.slice(2)
try {
  if (name === undefined) console.log(`Examples: ${names.join(', ')}. One with: npm run example -- ${names[0]}; its flags: --help`)
  else if (!names.includes(name))
    throw new UsageError(`there is no example "${name}": there are ${names.join(', ')}.${didYouMean(name, names)}`)
  else {
    const { main } = (await import(new URL(`${name}.ts`, FOLDER).href)) as { main: (args: readonly string[]) => Promise<unknown> }
    await main(args)
  }
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  console.error(`example: ${error.message}`)
  process.exitCode = 2
}
