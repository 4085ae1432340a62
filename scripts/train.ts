/** `npm run train -- …` */
import { runScript } from './run-script.js'

await runScript('train')
