// Writes the list of the phone's files into its service worker, once all their names are known.
import { createHash } from 'node:crypto'
import type { Plugin, Rolldown } from 'vite'

/** phoneFiles is everything the phone's page can come to load, its first script ahead. */
function phoneFiles(bundle: Rolldown.OutputBundle): string[] {
  const chunks = Object.values(bundle).filter((one) => one.type === 'chunk')
  const entry = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith('/mobile/index.html'))
  if (!entry) throw new Error('the build has no phone')
  const found = new Set<string>()
  const walk = (name: string): void => {
    const chunk = chunks.find(({ fileName }) => fileName === name)
    if (!chunk || found.has(name)) return
    found.add(name)
    for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style)
    for (const asset of chunk.viteMetadata?.importedAssets ?? []) found.add(asset)
    for (const next of [...chunk.imports, ...chunk.dynamicImports]) walk(next)
  }
  walk(entry.fileName)
  return [...found].map((name) => `/${name}`)
}

export const phoneWorker = (): Plugin => ({
  name: 'phone-worker',
  apply: 'build',
  generateBundle: {
    order: 'post',
    handler(_options, bundle) {
      const files = phoneFiles(bundle)
      const worker = bundle['m/sw.js']
      if (worker?.type !== 'chunk' || worker.imports.length > 0) throw new Error('the service worker must be one file')
      const build = createHash('sha256').update(files.join()).digest('hex').slice(0, 12)
      const code = worker.code.replace('__PHONE_FILES__', files.join()).replace('__PHONE_BUILD__', build)
      if (/__PHONE_/.test(code)) throw new Error('the service worker does not know its files')
      worker.code = code
    },
  },
})
