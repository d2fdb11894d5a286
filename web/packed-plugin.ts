// Puts a Brotli copy beside each file of the build: a seventh smaller than gzip at the server's hands, and too slow to
// make while somebody waits.
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { brotliCompressSync, constants } from 'node:zlib'
import type { Plugin } from 'vite'

/** Below this many bytes an answer fits one packet either way; the server's own limit. */
const smallest = 1024

export const packed = (): Plugin => ({
  name: 'packed',
  apply: 'build',
  writeBundle({ dir }) {
    if (!dir) throw new Error('the build has no folder')
    const folder = join(dir, 'assets')
    for (const name of readdirSync(folder)) {
      const file = join(folder, name)
      if (!/\.(js|css|svg)$/.test(name) || statSync(file).size <= smallest) continue
      const bytes = readFileSync(file)
      writeFileSync(`${file}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length, [constants.BROTLI_PARAM_LGWIN]: 22 } }))
    }
  },
})
