import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Input } from 'antd'
import { useId, useState } from 'react'
import type { StopWords as Held } from '../../../../client/consents'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { saveStops, stopsQuery, tryStops, wordsOf } from './consents'
import { useWords } from './strings'

const groups = ['all', 'marketing'] as const

/** StopWords are the words by which people opt out: what is shipped, what this workspace adds, and a text to try them on. */
export function StopWords() {
  const held = useQuery(stopsQuery)
  if (held.error && !held.data) return <ErrorBox error={held.error} onRetry={() => void held.refetch()} />
  if (!held.data) return <Skeleton lines={10} />
  return <Form key={held.data.version} held={held.data} />
}

function Form({ held }: { held: Held }) {
  const t = useWords()
  const id = useId()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const before = { all: (held.own.all ?? []).join('\n'), marketing: (held.own.marketing ?? []).join('\n') }
  const [typed, setTyped] = useState(before)
  const [text, setText] = useState('')
  const own = { all: wordsOf(typed.all), marketing: wordsOf(typed.marketing) }
  const changed = groups.some((group) => typed[group] !== before[group])
  const save = useMutation({
    mutationFn: saveStops,
    onSuccess: (next) => {
      client.setQueryData(stopsQuery.queryKey, next)
      void message.success(t('saved'))
    },
  })
  const heard = useMutation({ mutationFn: () => tryStops(text, own) })
  return (
    <>
      <p className="note">{t('stopsLead')}</p>
      <div className="consents-groups">
        {groups.map((group) => (
          <section key={group} className="panel consents-group" aria-label={t(`stops_${group}`)}>
            <h2>{t(`stops_${group}`)}</h2>
            <details>
              <summary>{t('shipped', { n: held.shipped[group]?.length ?? 0 })}</summary>
              <p className="consents-words">
                {held.shipped[group]?.map((word) => (
                  <span key={word} className="badge">
                    {word}
                  </span>
                ))}
              </p>
            </details>
            <label htmlFor={`${id}-${group}`}>{t('own')}</label>
            {held.may ? (
              <Input.TextArea id={`${id}-${group}`} rows={5} value={typed[group]} onChange={(e) => setTyped({ ...typed, [group]: e.target.value })} />
            ) : (
              <p id={`${id}-${group}`}>{before[group] ? before[group].split('\n').join('、') : <span className="unknown">{t('ownNone')}</span>}</p>
            )}
          </section>
        ))}
      </div>
      {save.error && <ErrorBox error={save.error} onRetry={() => save.reset()} />}
      {held.may ? (
        <p className="consents-save">
          <Button type="primary" disabled={!changed} loading={save.isPending} onClick={() => save.mutate({ own, version: held.version })}>
            {t('save')}
          </Button>
          {changed && <span className="note">{t('changed')}</span>}
        </p>
      ) : (
        <p className="note">{t('readOnly')}</p>
      )}
      <form
        className="panel consents-try"
        onSubmit={(event) => {
          event.preventDefault()
          if (text.trim()) heard.mutate()
        }}
      >
        <label htmlFor={`${id}-try`}>{t('try')}</label>
        <Input id={`${id}-try`} value={text} placeholder={t('tryHint')} onChange={(e) => setText(e.target.value)} />
        <Button htmlType="submit" loading={heard.isPending}>
          {t('tryGo')}
        </Button>
        <p role="status">{heard.data && !heard.isPending && t(`heard_${heard.data.stops}`)}</p>
        {heard.error && <ErrorBox error={heard.error} onRetry={() => heard.mutate()} />}
      </form>
    </>
  )
}
