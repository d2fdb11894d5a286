import { useWords } from './strings'

/** PersonName is what somebody is called; who gave no name is told apart by the end of the id. */
export function PersonName({ of, ...rest }: { of: { id?: string; name: string }; className?: string }) {
  const t = useWords()
  const known = of.name !== '' && of.name !== of.id
  return <span className={[known ? 'user-text' : 'unknown', rest.className].filter(Boolean).join(' ')}>{known ? of.name : t('nameless', { id: of.id?.slice(-4) ?? '' })}</span>
}
