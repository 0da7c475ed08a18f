import { defineConfig } from 'vitest/config'

// Lab tests start real engines: on a small machine they must not compete with each other, so files run one after another.
export default defineConfig({
  test: {
    fileParallelism: false,
    // Real engines on a shared machine: CI gives a test that failed a second go, and the report names it as retried.
    retry: process.env.CI ? 1 : 0,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    include: ['test/**/*.test.ts'],
  },
})
