import { defineConfig } from 'vitest/config'

// Lab tests start real engines: on a small machine they must not compete with each other, so files run one after another.
export default defineConfig({
  test: {
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    include: ['test/**/*.test.ts'],
  },
})
