import { useQuery } from '@tanstack/react-query'
import { Input, InputNumber, Modal, Select } from 'antd'
import { type ReactNode, useId, useState } from 'react'
import type { MakeSpace } from '../../../../client/spaces'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { workspaceQuery } from '../../layout/catalogue'
import { useSpaces } from './spaces'
import { useWords } from './strings'

/** MakeForm asks what a rehearsal is made of. */
export function MakeForm({ onClose }: { onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const id = useId()
  const { make } = useSpaces()
  const programmes = useQuery(workspaceQuery).data?.programmes ?? []
  const [space, set] = useState<MakeSpace>({ name: '', people: 60, days: 60 })
  const line = (key: keyof MakeSpace, input: ReactNode, hint?: string) => (
    <p className="spaces-field">
      <label htmlFor={`${id}-${key}`}>{t(key)}</label>
      {input}
      {hint && <span className="note">{hint}</span>}
    </p>
  )
  const whole = (key: 'people' | 'days' | 'seed', most: number) => (
    <InputNumber controls={false} id={`${id}-${key}`} min={1} max={most} precision={0} value={space[key]} onChange={(n) => set({ ...space, [key]: n ?? undefined })} />
  )
  return (
    <Modal
      open
      title={t('make')}
      okText={t('makeNow')}
      okButtonProps={{ loading: make.isPending, disabled: !space.name.trim() || !space.people || !space.days }}
      onOk={() => make.mutate(space, { onSuccess: onClose })}
      onCancel={onClose}
    >
      <p className="note">{t('takes')}</p>
      {line('name', <Input id={`${id}-name`} autoFocus maxLength={40} placeholder={t('nameHint')} value={space.name} onChange={(e) => set({ ...space, name: e.target.value })} />)}
      {line('people', whole('people', 500))}
      {line('days', whole('days', 400))}
      {line('programme', <Select id={`${id}-programme`} allowClear placeholder={t('first')} value={space.programme} onChange={(programme?: string) => set({ ...space, programme })} options={programmes.map((one) => ({ value: one.key, label: say(one.name) }))} />)}
      {line('seed', whole('seed', 999_999_999), t('seedHint'))}
      {make.error && <ErrorBox error={make.error} />}
    </Modal>
  )
}
