import { copyFileSync, mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vitest/config'
import { packed } from './packed-plugin.ts'
import { phoneWorker } from './worker-plugin.ts'

const root = import.meta.dirname
const server = process.env.PEIBAN_SERVER ?? 'http://127.0.0.1:8080'

export default defineConfig({
  root,
  plugins: [
    react(),
    phoneWorker(),
    packed(),
    {
      // The empty file that lets the Go part build before any web build must survive each build.
      name: 'keep-dist-in-git',
      apply: 'build',
      closeBundle() {
        mkdirSync(resolve(root, 'dist'), { recursive: true })
        copyFileSync(resolve(root, 'testing/gitkeep'), resolve(root, 'dist/.gitkeep'))
      },
    },
  ],
  server: { proxy: { '/api': server, '/v1': server } },
  build: {
    manifest: true,
    target: 'es2022',
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // Only the console's antd chunk is larger; budget.mjs holds the phone to its figure.
    chunkSizeWarningLimit: 1200,
    rolldownOptions: {
      input: {
        console: resolve(root, 'console/index.html'),
        mobile: resolve(root, 'mobile/index.html'),
        start: resolve(root, 'start/index.html'),
        visit: resolve(root, 'visit/index.html'),
        worker: resolve(root, 'mobile/worker/worker.ts'),
      },
      output: {
        // A service worker keeps its address from build to build, and rules the addresses below its own.
        entryFileNames: ({ name }) => (name === 'worker' ? 'm/sw.js' : 'assets/[name]-[hash].js'),
        codeSplitting: {
          groups: [
            { name: 'react', test: /node_modules[\\/](react|react-dom|scheduler)[\\/]/, priority: 20 },
            {
              name: 'antd',
              test: /node_modules[\\/](antd|@ant-design|@rc-component|rc-[a-z-]+|dayjs)[\\/]/,
              priority: 10,
            },
          ],
        },
      },
    },
  },
  test: {
    environment: 'jsdom',
    setupFiles: [resolve(root, 'testing/setup.ts')],
    include: ['{ui,client,mobile,console,start,visit}/**/*.test.{ts,tsx}'],
    restoreMocks: true,
    unstubGlobals: true,
    testTimeout: 20_000,
  },
})
