/** `npm run export -- …` */
import { runScript } from './run-script.js'

await runScript('export')
