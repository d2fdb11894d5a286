import type { Catalogue } from '../client/types'

export const catalogue: Catalogue
