import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Draft } from '../../../../../client/rules'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { shapeQuery } from './programmes'
import { useWords } from './words'

/** EditSegments lists the segments of a draft; each is written in the editor of tags, with the same rule, trial and count. */
export function EditSegments({ draft, editor }: { draft: Draft; editor: boolean }) {
  const t = useWords()
  const say = useSay()
  const shape = useQuery(shapeQuery(draft.programme))
  if (shape.error) return <ErrorBox error={shape.error} onRetry={() => void shape.refetch()} />
  if (!shape.data) return <Skeleton lines={6} />
  const { segments } = shape.data
  return (
    <section className="panel box" aria-label={t('s_segments')}>
      <h2>{t('s_segments')}</h2>
      <p className="note">{t('segmentsHint')}</p>
      {segments.length === 0 && <p className="unknown">{t('noSegmentsYet')}</p>}
      <table className="doc-table">
        <tbody>
          {segments.map(({ key, text }) => (
            <tr key={key}>
              <th scope="row">
                {say(text) || key} <code className="note">{key}</code>
              </th>
              <td className="end">
                {editor && (
                  <Link to="/draft/tags/$key" params={{ key }} search={{ programme: draft.programme }} aria-label={t('changeOf', { name: say(text) || key })}>
                    {t('change')}
                  </Link>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {editor && (
        <Link className="ant-btn ant-btn-default button-link fit" to="/draft/new" search={{ programme: draft.programme, kind: 'segment' }}>
          {t('addSegment')}
        </Link>
      )}
    </section>
  )
}
