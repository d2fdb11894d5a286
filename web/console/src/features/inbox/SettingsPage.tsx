import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Checkbox, Input, InputNumber } from 'antd'
import { useState } from 'react'
import type { TalkSettings } from '../../../../client/conversations'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { saveSettings, settingsQuery } from './inbox'
import { useWords } from './strings'

const clock = (minute: number) => `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`
const minute = (said: string) => {
  const [h, m] = said.split(':').map(Number)
  return (h ?? 0) * 60 + (m ?? 0)
}

/** SettingsPage is how conversations are answered: the assistant, and how soon people answer. */
export function SettingsPage() {
  const list = useQuery(settingsQuery)
  if (list.error && !list.data) return <ErrorBox error={list.error} onRetry={() => void list.refetch()} />
  if (!list.data) return <Skeleton lines={6} />
  return <Form key={list.data.version} was={list.data} />
}

function Form({ was }: { was: TalkSettings }) {
  const t = useWords()
  const { message } = Antd.useApp()
  const client = useQueryClient()
  const [v, setV] = useState(was)
  const set = (more: Partial<TalkSettings>) => setV((old) => ({ ...old, ...more }))
  const save = useMutation({
    mutationFn: () => saveSettings(v),
    onSuccess: (next) => {
      client.setQueryData(settingsQuery.queryKey, next)
      void client.invalidateQueries({ queryKey: ['people', 'conversations'] })
      void message.success(t('saved'))
    },
  })
  return (
    <section className="panel entry-form inbox-settings" aria-label={t('settings')}>
      <Checkbox disabled={!v.may} checked={v.assistant} onChange={(e) => set({ assistant: e.target.checked })}>
        {t('sAssistant')} <span className="note">{t('sAssistantHint')}</span>
      </Checkbox>
      <label>
        {t('sLeast')}
        <InputNumber disabled={!v.may} min={0.3} max={1} step={0.05} value={v.least} onChange={(n) => set({ least: n ?? v.least })} />
      </label>
      <label>
        {t('sPause')}
        <InputNumber disabled={!v.may} min={1} max={168} value={v.pauseHours} onChange={(n) => set({ pauseHours: n ?? v.pauseHours })} />
      </label>
      <label>
        {t('sWithin')}
        <InputNumber disabled={!v.may} min={5} max={2880} value={v.withinMinutes} onChange={(n) => set({ withinMinutes: n ?? v.withinMinutes })} />
      </label>
      <label>
        {t('sFrom')}
        <Input disabled={!v.may} type="time" value={clock(v.from)} onChange={(e) => set({ from: minute(e.target.value) })} />
      </label>
      <label>
        {t('sTo')}
        <Input disabled={!v.may} type="time" value={clock(v.to)} onChange={(e) => set({ to: minute(e.target.value) })} />
      </label>
      {save.error && <p role="alert" className="talk-over">{save.error.message}</p>}
      {v.may && (
        <Button type="primary" loading={save.isPending} onClick={() => save.mutate()}>
          {t('save')}
        </Button>
      )}
    </section>
  )
}
