import { useQuery } from '@tanstack/react-query'
import { Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox } from '../../../../../ui/states'
import StartModal from '../../../layout/StartModal'
import { useSession } from '../../session/session'
import { catalogueOf, mayEdit } from '../tags'
import { useDraw } from './strings'
import { Who } from './Who'

type Whom = 'one' | 'segment' | 'all'

/** Starting asks for whom a journey is started by hand, and hands over to the window that counts first and then does it. */
export default function Starting({ programme, journey, name, onClose }: { programme: string; journey: string; name: string; onClose: () => void }) {
  const t = useDraw()
  const say = useSay()
  const many = mayEdit(useSession())
  const [whom, setWhom] = useState<Whom>('one')
  const [person, setPerson] = useState<{ id: string; name: string }>()
  const [segment, setSegment] = useState<{ key: string; name: string }>()
  const [next, setNext] = useState(false)
  const tags = useQuery({ ...catalogueOf('tag', programme), enabled: whom === 'segment' })
  const segments = useQuery({ ...catalogueOf('segment', programme), enabled: whom === 'segment' })
  const error = tags.error ?? segments.error
  if (next) return <StartModal at={{ programme, journey }} people={whom === 'one' && person ? [person] : undefined} segment={whom === 'segment' && segment ? { ...segment, programme } : undefined} onClose={onClose} />
  const options = [...(segments.data?.items ?? []), ...(tags.data?.items ?? [])].map((one) => ({ value: one.key, label: say(one.name) }))
  return (
    <Modal
      open
      title={t('startWho', { name })}
      okText={t('startGo')}
      cancelText={t('cancel')}
      okButtonProps={{ disabled: (whom === 'one' && !person) || (whom === 'segment' && !segment) }}
      onOk={() => setNext(true)}
      onCancel={onClose}
      destroyOnHidden
    >
      <div className="draw-starting">
        <Radio.Group
          value={whom}
          onChange={(event) => setWhom(event.target.value as Whom)}
          options={[{ value: 'one', label: t('startOne') }, ...(many ? [{ value: 'segment', label: t('startSegment') }, { value: 'all', label: t('startAll') }] : [])]}
        />
        {whom === 'one' && <Who value={person?.id} placeholder={t('startPick')} onValue={(id, said) => setPerson(id ? { id, name: said } : undefined)} />}
        {whom === 'segment' && (
          <Select
            aria-label={t('startPickSegment')}
            placeholder={t('startPickSegment')}
            showSearch={{ optionFilterProp: 'label' }}
            loading={tags.isFetching || segments.isFetching}
            value={segment?.key}
            options={options}
            onChange={(key: string) => setSegment({ key, name: options.find(({ value }) => value === key)?.label ?? key })}
          />
        )}
        {error && <ErrorBox error={error} onRetry={() => void Promise.all([tags.refetch(), segments.refetch()])} />}
        <p className="note">{t('startNote')}</p>
      </div>
    </Modal>
  )
}
