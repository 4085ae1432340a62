/** An environment file, as `--env` takes them, that fails as its options say and adds a dot to the file `closed` for every environment closed. */
import { appendFileSync } from 'node:fs'
import type { EnvOptions, Registration } from '../../envs/registry.js'
import { wrapped } from '../../envs/wrappers/wrapper.js'
import { faulty } from './faulty-worlds.js'

const make = ({ closed, ...options }: EnvOptions) =>
  wrapped(faulty(options, 0), {
    close: () => {
      if (closed !== undefined) appendFileSync(String(closed), '.')
    },
  })

export default { id: 'test/Faulty-v0', env: make, maxEpisodeSteps: 50 } satisfies Registration
