import { skipToken, useQuery } from '@tanstack/react-query'
import { Button, Input, Modal, Select } from 'antd'
import { useId, useState } from 'react'
import { get } from '../../../../client/http'
import type { ProgrammeDocument } from '../../../../client/programmes'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { workspaceQuery } from '../../layout/catalogue'
import { useSession } from '../session/session'
import { type Campaign, useCalendarActs } from './calendar'
import { useWords } from './strings'

/** wrongOf is the first thing without which a campaign cannot be kept, at its field. */
function wrongOf(c: { name: string; from: string; to: string }): { at: 'name' | 'from' | 'to'; says: 'nameMust' | 'dayMust' | 'daysTurned' } | undefined {
  if (!c.name.trim()) return { at: 'name', says: 'nameMust' }
  if (!c.from) return { at: 'from', says: 'dayMust' }
  if (!c.to) return { at: 'to', says: 'dayMust' }
  if (c.to < c.from) return { at: 'to', says: 'daysTurned' }
  return undefined
}

/** CampaignForm plans a campaign or changes one: its days here are the click way beside dragging. */
export function CampaignForm({ campaign, day, onClose }: { campaign?: Campaign; day: string; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const id = useId()
  const may = useSession().can.includes('programme.edit')
  const space = useQuery(workspaceQuery).data
  const { save } = useCalendarActs()
  const [c, set] = useState({
    name: campaign?.name ?? '', from: campaign?.from ?? day, to: campaign?.to ?? day, programme: campaign?.programme, segment: campaign?.segment,
    journey: campaign?.journey, content: campaign?.content, owner: campaign?.owner, note: campaign?.note,
  })
  const [tried, setTried] = useState(false)
  const wrong = wrongOf(c)
  const keep = (state: 'planned' | 'cancelled') => save.mutate({ campaign, body: { ...c, state } }, { onSuccess: onClose })
  const { programme } = c
  const document = useQuery({
    queryKey: ['calendar', 'document', programme] as const,
    queryFn: programme ? ({ signal }) => get<ProgrammeDocument>(`/api/programmes/${encodeURIComponent(programme)}/document`, { signal }) : skipToken,
    staleTime: 300_000,
  }).data
  const choices = {
    segment: [...(document?.segments ?? []), ...(document?.groups.flatMap((group) => group.tags) ?? [])].map((one) => ({ value: one.key, label: say(one.name) })),
    journey: (document?.journeys ?? []).map((one) => ({ value: one.key, label: say(one.name) })),
    content: (document?.texts ?? []).filter((one) => one.kind === 'message' || one.kind === 'card').map((one) => ({ value: one.key, label: say(one.title) || one.key })),
  }
  const line = (key: 'segment' | 'journey' | 'content', label: string) => (
    <p className="cal-line">
      <label htmlFor={`${id}-${key}`}>{label}</label>
      <Select id={`${id}-${key}`} allowClear showSearch={{ optionFilterProp: 'label' }} disabled={!may || !programme} placeholder={programme ? undefined : t('programmeFirst')} value={c[key]} onChange={(next?: string) => set({ ...c, [key]: next })} options={choices[key]} />
    </p>
  )
  return (
    <Modal
      open
      width={520}
      title={campaign ? t('editTitle', { name: campaign.name }) : t('newTitle')}
      onCancel={onClose}
      footer={
        may && [
          campaign?.state === 'planned' && (
            <Button key="off" danger onClick={() => keep('cancelled')}>
              {t('cancelCampaign')}
            </Button>
          ),
          <Button key="save" type="primary" loading={save.isPending} onClick={() => (wrong ? setTried(true) : keep('planned'))}>
            {t('save')}
          </Button>,
        ]
      }
    >
      <p className="note">{t('plain')}</p>
      <p className="cal-line">
        <label htmlFor={`${id}-name`}>{t('name')}</label>
        <Input id={`${id}-name`} value={c.name} maxLength={80} disabled={!may} status={tried && wrong?.at === 'name' ? 'error' : undefined} aria-invalid={tried && wrong?.at === 'name'} aria-describedby={`${id}-wrong-name`} onChange={(e) => set({ ...c, name: e.target.value })} />
        {tried && wrong?.at === 'name' && (
          <span id={`${id}-wrong-name`} className="wrong" role="alert">
            {t(wrong.says)}
          </span>
        )}
      </p>
      {(['from', 'to'] as const).map((key) => (
        <p className="cal-line" key={key}>
          <label htmlFor={`${id}-${key}`}>{t(key)}</label>
          <input id={`${id}-${key}`} type="date" className="cal-input" value={c[key]} min={key === 'to' ? c.from : undefined} disabled={!may} onChange={(e) => set({ ...c, [key]: e.target.value })} />
          {tried && wrong?.at === key && (
            <span className="wrong" role="alert">
              {t(wrong.says)}
            </span>
          )}
        </p>
      ))}
      <p className="cal-line">
        <label htmlFor={`${id}-programme`}>{t('programme')}</label>
        <Select id={`${id}-programme`} allowClear disabled={!may} value={c.programme} onChange={(programme?: string) => set({ ...c, programme, segment: undefined, journey: undefined, content: undefined })} options={(space?.programmes ?? []).map((p) => ({ value: p.key, label: say(p.name) }))} />
      </p>
      {line('segment', t('segment'))}
      {line('journey', t('journeyKey'))}
      {line('content', t('content'))}
      <p className="cal-line">
        <label htmlFor={`${id}-owner`}>{t('owner')}</label>
        <Select id={`${id}-owner`} allowClear disabled={!may} value={c.owner} onChange={(owner?: string) => set({ ...c, owner })} options={(space?.owners ?? []).map((one) => ({ value: one.id, label: one.name }))} />
      </p>
      <p className="cal-line">
        <label htmlFor={`${id}-note`}>{t('note')}</label>
        <Input id={`${id}-note`} value={c.note} maxLength={500} disabled={!may} onChange={(e) => set({ ...c, note: e.target.value || undefined })} />
      </p>
      {save.error && <ErrorBox error={save.error} onRetry={() => save.reset()} />}
    </Modal>
  )
}
