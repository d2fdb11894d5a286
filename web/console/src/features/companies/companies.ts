import { queryOptions, useMutation, useQueryClient } from '@tanstack/react-query'
import type { Companies, Company, CompanyChange } from '../../../../client/companies'
import { del, get, newKey, patch, post } from '../../../../client/http'

const at = '/api/corps'

export const companiesQuery = queryOptions({
  queryKey: ['companies'] as const,
  queryFn: ({ signal }) => get<Companies>(at, { signal }),
  refetchInterval: 10_000,
})

/** useCompany is what can be done with a company; what is shown is asked for again after each. */
export function useCompany(company?: Company) {
  const client = useQueryClient()
  const onSettled = () => client.invalidateQueries({ queryKey: companiesQuery.queryKey })
  const one = `${at}/${company?.id ?? ''}`
  const based = { ifMatch: company?.version }
  return {
    save: useMutation({ mutationFn: (body: CompanyChange) => (company ? patch<Company>(one, body, based) : post<Company>(at, body, { idempotencyKey: newKey() })), onSettled }),
    remove: useMutation({ mutationFn: () => del(one, based), onSettled }),
    attempt: useMutation({ mutationFn: () => post<{ members: string[] }>(`${one}/try`) }),
    retry: useMutation({ mutationFn: () => post<Company>(`${one}/retry`), onSettled }),
  }
}

/** random makes a token or key as WeCom's console does: letters and digits only. */
export function random(length: number): string {
  const signs = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789'
  const out: string[] = []
  const bytes = new Uint8Array(length * 2)
  while (out.length < length) {
    crypto.getRandomValues(bytes)
    for (const b of bytes) if (b < signs.length * 4 && out.length < length) out.push(signs[b % signs.length]!) // the rest would come up too often
  }
  return out.join('')
}

/** randomKey makes an EncodingAESKey: 43 signs whose last bits are such that it is the Base64 of 32 bytes. */
export const randomKey = (): string => random(42) + 'AEIMQUYcgkosw048'[crypto.getRandomValues(new Uint8Array(1))[0]! % 16]!
