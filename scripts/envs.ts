/** `npm run envs -- …` */
import { runScript } from './run-script.js'

await runScript('envs')
