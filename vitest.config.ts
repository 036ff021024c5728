import { defineConfig } from 'vitest/config'

// unit: pure code, seconds. lab: real sshd hosts in namespaces, needs root and `npm run lab -- up`'s cache. vm: QEMU machines.
// faults: upgrades in machines, each broken in another way. variants: upgrades of machines with other disks and loaders.
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.{ts,tsx}'],
          exclude: ['test/integration/**', 'test/e2e/**'],
          testTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'lab',
          include: ['test/integration/**/*.test.ts', 'test/e2e/**/*.test.ts'],
          exclude: ['test/e2e/vm/**'],
          // Fleets have names, addresses and files of their own, and much of their time is waiting: for a boot, a time-out, a lock.
          maxWorkers: 3,
          sequence: { groupOrder: 1 },
          testTimeout: 600_000,
          hookTimeout: 1_800_000,
          // Hundreds of real servers and processes on a machine that may be busy. What needs its second chance is marked in the output.
          retry: process.env.CI ? 1 : 0,
        },
      },
      {
        test: {
          name: 'vm',
          include: ['test/e2e/vm/*.test.ts'],
          fileParallelism: false,
          // An emulated machine takes what the processors leave it. What hangs is seen by its work, not by the clock.
          testTimeout: 7_200_000,
          hookTimeout: 2_400_000,
        },
      },
      {
        test: {
          name: 'faults',
          include: ['test/e2e/vm/resets.test.ts', 'test/e2e/vm/faults/*.test.ts'],
          fileParallelism: false,
          testTimeout: 7_200_000,
          hookTimeout: 2_400_000,
        },
      },
      {
        test: {
          name: 'variants',
          include: ['test/e2e/vm/variants/*.test.ts'],
          fileParallelism: false,
          testTimeout: 7_200_000,
          hookTimeout: 2_400_000,
        },
      },
    ],
  },
})
