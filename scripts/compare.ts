/** `npm run compare -- …` */
import { runScript } from './run-script.js'

await runScript('compare')
