import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App as Antd, Button, Drawer, Popconfirm } from 'antd'
import { useState } from 'react'
import type { Source, SourceKey, Sources } from '../../../../client/sources'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { workspaceQuery } from '../../layout/catalogue'
import { baseOf, changeSource, count, typesQuery, useMachineAt } from './data'
import { reasonText } from './reasons'
import { RotateModal } from './RotateModal'
import { SourceForm } from './SourceForm'
import { Day, KeyState } from './Sources'
import { useWords } from './strings'
import { VolumePanel } from './Volume'
import { Withdraw } from './Withdraw'

/** SourceDrawer is one source: how much came, why it was refused, how it is set, and changing that. */
export function SourceDrawer({ source, all, onClose, onKey }: { source: Source; all: Sources; onClose: () => void; onKey: (fresh: SourceKey) => void }) {
  const t = useWords()
  const say = useSay()
  const machine = useMachineAt()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const types = useQuery(typesQuery).data ?? []
  const programmes = useQuery(workspaceQuery).data?.programmes ?? []
  const [asking, setAsking] = useState<'change' | 'rotate'>()
  const turn = useMutation({
    mutationFn: () => changeSource(source.number, { disabled: !source.disabled }),
    onSuccess: (now) => {
      void client.invalidateQueries({ queryKey: ['intake'] })
      void message.success(t(now.disabled ? 'offDone' : 'onDone'))
    },
  })
  const programme = programmes.find(({ key }) => key === source.programme)
  const typeName = (key: string) => say(types.find((one) => one.key === key)?.name) || key
  const names = Object.entries(source.names)
  const facts: [string, React.ReactNode][] = [
    [t('kind'), say(source.kindText)],
    [t('h_key'), <KeyState key="key" source={source} />],
    ...(source.keyed ? [[t('address'), <code key="address">{`${baseOf(all.address)}/v1/batch`}</code>] satisfies [string, React.ReactNode]] : []),
    [t('programme'), source.programme ? (say(programme?.name) || source.programme) : t('programmeNone')],
    [t('limits'), source.rate > 0 ? t('limitsAre', { rate: count(source.rate), burst: count(source.burst || source.rate * 2) }) : t('limitsServer', { rate: count(all.rate) })],
    [
      t('namesOwn'),
      names.length === 0 ? (
        t('namesNone')
      ) : (
        <ul key="names" className="data-list">
          {names.map(([from, to]) => (
            <li key={from}>
              <code>{from}</code> → {typeName(to)}
            </li>
          ))}
        </ul>
      ),
    ],
    [t('created'), machine(source.created)],
    ...(source.rotated ? [[t('rotatedAt'), machine(source.rotated)] satisfies [string, React.ReactNode]] : []),
  ]
  return (
    <Drawer open size={720} title={source.name} onClose={onClose}>
      <div className="data-drawer">
        {all.mayManage ? (
          <div className="data-acts">
            <Button type="primary" onClick={() => setAsking('change')}>
              {t('change')}
            </Button>
            {source.keyed && <Button onClick={() => setAsking('rotate')}>{t('rotate')}</Button>}
            <Popconfirm
              title={t(source.disabled ? 'onAsk' : 'offAsk', { name: source.name })}
              description={<div className="data-ask">{t(source.disabled ? 'onBody' : 'offBody')}</div>}
              okText={t(source.disabled ? 'switchOn' : 'switchOff')}
              cancelText={t('cancel')}
              onConfirm={() => turn.mutateAsync().catch(() => undefined)}
            >
              <Button loading={turn.isPending}>{t(source.disabled ? 'switchOn' : 'switchOff')}</Button>
            </Popconfirm>
            <Withdraw source={source} />
          </div>
        ) : (
          <p className="note">{t('readOnly')}</p>
        )}
        {turn.error && <ErrorBox error={turn.error} />}
        <section aria-label={t('volume')}>
          <VolumePanel source={source.number} />
        </section>
        <section aria-label={t('h_day')}>
          <h3>{t('h_day')}</h3>
          <Day source={source} />
        </section>
        <section aria-label={t('why')}>
          <h3>{t('why')}</h3>
          {source.reasons.length === 0 ? (
            <p className="unknown">{t('whyNone')}</p>
          ) : (
            <ul className="data-list">
              {source.reasons.map(({ code, count: n }) => (
                <li key={code}>
                  <Link to="/data/refused" search={{ source: source.number, reason: code }}>
                    {say(reasonText(code))}
                  </Link>{' '}
                  {count(n)}
                </li>
              ))}
            </ul>
          )}
        </section>
        <section aria-label={t('settings')}>
          <h3>{t('settings')}</h3>
          <dl className="data-facts">
            {facts.map(([term, value]) => (
              <div key={term}>
                <dt>{term}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
      {asking === 'change' && <SourceForm all={all} source={source} onClose={() => setAsking(undefined)} />}
      {asking === 'rotate' && <RotateModal source={source} onClose={() => setAsking(undefined)} onKey={onKey} />}
    </Drawer>
  )
}
