/** `npm run check-env -- …` */
import { runScript } from './run-script.js'

await runScript('check-env')
