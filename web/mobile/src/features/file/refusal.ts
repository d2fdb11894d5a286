import type { Catalogue } from '../../../../client/types'
import { useFileWords } from './strings'

const mega = 1024 * 1024

/** useSize says how large a file is. */
export function useSize(): (bytes: number) => string {
  const t = useFileWords()
  return (bytes) => (bytes < mega / 10 ? t('sizeSmall', { n: Math.max(1, Math.round(bytes / 1024)) }) : t('size', { n: (bytes / mega).toFixed(bytes < 10 * mega ? 1 : 0) }))
}

/** useRefusal says before a byte is sent why a file cannot be kept; undefined: it can. */
export function useRefusal({ reports: { largest, media } }: Catalogue): (file: File) => string | undefined {
  const t = useFileWords()
  const size = useSize()
  return (file) => {
    if (file.size > largest) return t('tooLarge', { size: size(file.size), most: size(largest) })
    // A phone that does not say what it is lets the server look inside.
    return file.type && !media.includes(file.type) ? t('wrongType') : undefined
  }
}
