import { useQuery } from '@tanstack/react-query'
import type { ImportMap, ImportRow } from '../../../../client/imports'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { previewOf } from './imports'
import { useWords } from './strings'

/** usePreview asks what the table becomes by a map, again with each change of it; what was shown stays until the answer comes. */
export const usePreview = (number: number, map: ImportMap, enabled: boolean) =>
  useQuery({ queryKey: ['import', number, 'preview', map], queryFn: () => previewOf(number, map), enabled, placeholderData: (before) => before })

/** Preview is the first rows as what they would become, and the first that would be refused. */
export function Preview({ preview }: { preview: ReturnType<typeof usePreview> }) {
  const t = useWords()
  const say = useSay()
  if (preview.error) return <ErrorBox error={preview.error} onRetry={() => void preview.refetch()} />
  if (!preview.data) return <Skeleton lines={4} />
  const { problems, open, rows, looked, more, refused } = preview.data
  const wrong = preview.data.wrong.filter(({ line }) => !rows.some((row) => row.line === line)) // what stands above is not said twice
  if (problems.length > 0)
    return problems.map((p) => (
      <p key={p.path} className="wrong" role="alert">
        {say(p.text)}
        {p.hint && <> · {say(p.hint)}</>}
      </p>
    ))
  if (open.length > 0) return <p className="note">{t('openLeft', { n: open.length })}</p>
  return (
    <div className={preview.isFetching ? 'imports-stale' : undefined} aria-live="polite">
      <p>
        {t(more ? 'lookedMore' : 'looked', { n: looked })} {refused > 0 ? <b>{t('wouldRefuse', { n: refused })}</b> : t('wouldTake')}
      </p>
      <Rows rows={rows} label={t('preview')} />
      {wrong.length > 0 && (
        <>
          <h4>{t('wrong')}</h4>
          <Rows rows={wrong} label={t('wrong')} />
        </>
      )}
    </div>
  )
}

function Rows({ rows, label }: { rows: readonly ImportRow[]; label: string }) {
  return (
    <table className="imports-table" aria-label={label}>
      <tbody>
        {rows.map((row) => (
          <Became key={row.line} row={row} />
        ))}
      </tbody>
    </table>
  )
}

function Became({ row }: { row: ImportRow }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  return (
    <tr>
      <td className="nowrap">{t('line', { n: row.line })}</td>
      <td>{row.who.map((w) => w.value).join(' · ')}</td>
      <td>
        {row.events.map((e, i) => (
          <div key={i}>
            <b>{say(e.name)}</b> {e.says.map((s) => say(s)).join(' · ')} <span className="note">{formatAt(new Date(e.at), moment)}</span>
          </div>
        ))}
        {row.why && (
          <div className="wrong">
            {t(row.events.length > 0 ? 'partly' : 'not')}
            {row.why.field ? `${row.why.field} ` : ''}
            {say(row.why.text)}
          </div>
        )}
      </td>
    </tr>
  )
}
