import { useMutation, useQueryClient } from '@tanstack/react-query'
import { App as Antd, AutoComplete, Checkbox, Input, Modal, Select } from 'antd'
import { useState } from 'react'
import type { Entrance, Entrances, EntranceSaid } from '../../../../client/channels'
import type { Choice } from '../../../../client/layers'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { addEntrance, changeEntrance, saidOf } from './channels'
import { useWords } from './strings'

interface Props {
  all: Entrances
  /** Not given: a new one. */
  entrance?: Entrance
  /** Codes that may take its place. */
  codes?: Choice[]
  onClose: () => void
}

/** EntranceForm makes an entry code or changes one. What is printed is never typed. */
export function EntranceForm({ all, entrance, codes, onClose }: Props) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [said, setSaid] = useState<EntranceSaid>(entrance ? saidOf(entrance) : { kind: 'pharmacy', name: '', programme: all.programmes[0]?.key })
  const set = (more: Partial<EntranceSaid>) => setSaid({ ...said, ...more })
  const act = useMutation({
    mutationFn: () => (entrance ? changeEntrance(entrance, said) : addEntrance(said)),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['channels'] })
      void message.success(t('saved'))
      onClose()
    },
  })
  const line = (key: 'name' | 'city' | 'district' | 'place' | 'words' | 'from' | 'to', max: number, hint?: 'placeHint' | 'wordsHint' | 'dayHint') => (
    <label className="data-field">
      <span>{t(key)}</span>
      <Input aria-label={t(key)} value={said[key]} maxLength={max} onChange={(e) => set({ [key]: e.target.value || undefined })} />
      {hint && <span className="note">{t(hint)}</span>}
    </label>
  )
  const choice = (key: 'kind' | 'programme' | 'province' | 'owner' | 'successor', options: { value: string; label: string }[], hint?: 'successorHint') => (
    <label className="data-field">
      <span>{t(key)}</span>
      <Select aria-label={t(key)} showSearch optionFilterProp="label" value={said[key] ?? ''} options={options} onChange={(v: string) => set({ [key]: v || undefined })} />
      {hint && <span className="note">{t(hint)}</span>}
    </label>
  )
  const none = { value: '', label: t('nobody') }
  return (
    <Modal open width={720} title={entrance ? t('changeTitle', { name: entrance.name }) : t('addTitle')} okText={t('save')} cancelText={t('cancel')} okButtonProps={{ loading: act.isPending, disabled: !said.name?.trim() }} onOk={() => act.mutate()} onCancel={onClose} mask={{ closable: false }} destroyOnHidden>
      <div className="data-form">
        <div className="data-pair">
          {choice('kind', all.kinds.map(({ key, text }) => ({ value: key, label: say(text) })))}
          {line('name', 60)}
        </div>
        <div className="data-pair">
          <label className="data-field">
            <span>{t('channel')}</span>
            <AutoComplete aria-label={t('channel')} value={said.channel} maxLength={40} options={all.channels.map((value) => ({ value }))} onChange={(v: string) => set({ channel: v || undefined })} />
            <span className="note">{t('channelHint')}</span>
          </label>
          {choice('programme', all.programmes.map(({ key, text }) => ({ value: key, label: say(text) })))}
        </div>
        <div className="data-pair">
          {choice('province', [{ value: '', label: t('blank') }, ...all.provinces.map((p) => ({ value: p, label: p }))])}
          {line('city', 40)}
        </div>
        <div className="data-pair">
          {line('district', 40)}
          {line('place', 120, 'placeHint')}
        </div>
        {line('words', 120, 'wordsHint')}
        <div className="data-pair">
          {choice('owner', [none, ...all.owners.map(({ id, name }) => ({ value: id, label: name }))])}
          {codes && codes.length > 0 ? choice('successor', [none, ...codes.map(({ key, text }) => ({ value: key, label: say(text) }))], 'successorHint') : <span />}
        </div>
        <div className="data-pair">
          {line('from', 10, 'dayHint')}
          {line('to', 10, 'dayHint')}
        </div>
        <div className="data-pair">
          <Checkbox checked={said.paused ?? false} onChange={(e) => set({ paused: e.target.checked || undefined })}>
            {t('pause')}
          </Checkbox>
          <Checkbox checked={said.ended ?? false} onChange={(e) => set({ ended: e.target.checked || undefined })}>
            {t('end')}
          </Checkbox>
        </div>
        {act.error && <ErrorBox error={act.error} />}
      </div>
    </Modal>
  )
}
