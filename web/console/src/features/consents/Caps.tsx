import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, InputNumber } from 'antd'
import { useId, useState } from 'react'
import type { Caps as Values, MessageCaps } from '../../../../client/consents'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { capFields, capsQuery, saveCaps, wrongCap } from './consents'
import { useWords } from './strings'

/** Caps are how many messages one person gets at most: what holds, what does not fit it, and who changed it. */
export function Caps() {
  const held = useQuery(capsQuery)
  if (held.error && !held.data) return <ErrorBox error={held.error} onRetry={() => void held.refetch()} />
  if (!held.data) return <Skeleton lines={10} />
  return <Form key={held.data.version} held={held.data} />
}

const clock = (minute: number) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`

function Form({ held }: { held: MessageCaps }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const id = useId()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [typed, setTyped] = useState<Partial<Values>>(held.caps)
  const wrong = wrongCap(typed)
  const changed = capFields.some((field) => typed[field] !== held.caps[field])
  const save = useMutation({
    mutationFn: saveCaps,
    onSuccess: (next) => {
      client.setQueryData(capsQuery.queryKey, next)
      void message.success(t('capsSaved'))
    },
  })
  return (
    <>
      <p className="note">{t('capsLead', { from: clock(held.quiet.from), to: clock(held.quiet.to) })}</p>
      <section className="panel consents-caps" aria-label={t('page_caps')}>
        {capFields.map((field) => (
          <div key={field} className="consents-cap">
            <label htmlFor={`${id}-${field}`}>{t(`cap_${field}`)}</label>
            <InputNumber
              id={`${id}-${field}`}
              value={typed[field] ?? null}
              precision={0}
              disabled={!held.may}
              status={wrong?.field === field ? 'error' : undefined}
              aria-invalid={wrong?.field === field}
              aria-describedby={`${id}-${field}-hint`}
              onChange={(n) => setTyped({ ...typed, [field]: n ?? undefined })}
            />
            <p id={`${id}-${field}-hint`} className={wrong?.field === field ? 'wrong' : 'note'} role={wrong?.field === field ? 'alert' : undefined}>
              {wrong?.field === field ? t(wrong.says, wrong.bounds) : t('capUsual', { n: held.usual[field] })}
            </p>
          </div>
        ))}
      </section>
      {save.error && <ErrorBox error={save.error} onRetry={() => save.reset()} />}
      {held.may ? (
        <p className="consents-save">
          <Button type="primary" disabled={!changed || wrong !== undefined} loading={save.isPending} onClick={() => save.mutate({ caps: typed as Values, version: held.version })}>
            {t('save')}
          </Button>
          {changed && <span className="note">{t('changed')}</span>}
        </p>
      ) : (
        <p className="note">{t('readOnly')}</p>
      )}
      <section className="panel consents-crowded" aria-label={t('crowded')}>
        <h2>{t('crowded')}</h2>
        {held.crowded.length === 0 ? (
          <p className="note">{t('crowdedNone', { n: held.caps.perDay })}</p>
        ) : (
          <ul>
            {held.crowded.map((one) => (
              <li key={`${one.programme.key} ${one.text.zh}`}>
                <b>{say(one.programme.text)}</b> {say(one.text)}
                <p className="note">{say(one.hint)}</p>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section className="panel consents-scroll" aria-label={t('capsHistory')}>
        <h2>{t('capsHistory')}</h2>
        {held.history.length === 0 ? (
          <p className="note">{t('capsNever')}</p>
        ) : (
          <table className="consents-table">
            <thead>
              <tr>
                <th scope="col">{t('capsWhen')}</th>
                <th scope="col">{t('capsBy')}</th>
                {capFields.map((field) => (
                  <th key={field} scope="col">
                    {t(`cap_${field}`)}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {held.history.map((one, i) => (
                <tr key={one.version}>
                  <td>
                    {formatAt(new Date(one.at), moment)}
                  </td>
                  <td>{one.by ? say(one.by) : ''}</td>
                  {capFields.map((field) => (
                    <td key={field} className={one.caps[field] !== (held.history[i + 1]?.caps ?? held.usual)[field] ? 'consents-waits' : undefined}>
                      {one.caps[field]}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </section>
    </>
  )
}
