/** Public names of `tau-rl/envs/box2d`, listed by hand. Importing it registers its environments; they need planck (npm install planck@1.4.2). */
export { type BipedalWalkerOptions, bipedalWalker } from './bipedal-walker/bipedal-walker.js'
export { type LunarLanderOptions, lunarLander } from './lunar-lander/lunar-lander.js'
export { registerBox2d } from './register.js'
