import { backendSuite } from '../support/backend-suite.js'

await backendSuite('tensorflow-gpu')
