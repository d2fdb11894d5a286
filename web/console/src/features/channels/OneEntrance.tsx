import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App as Antd, Button, Space, Tooltip } from 'antd'
import { useState, type ReactNode } from 'react'
import type { EntrancePage } from '../../../../client/channels'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import '../data/data.css'
import { type ChannelFilter, entranceQuery, entrancesQuery, pictureOf, setDefault, share } from './channels'
import { Days } from './Channels'
import { Costs } from './Costs'
import { DayChart } from './DayChart'
import { EntranceForm } from './EntranceForm'
import { Money, People, type Reach } from './Numbers'
import { PrintCode } from './PrintCode'
import { useWords } from './strings'
import { WecomCode } from './WecomCode'
import './channels.css'

interface Props {
  id: string
  filter: ChannelFilter
  onFilter: (filter: ChannelFilter) => void
}

/** OneEntrance is the page of one entry code. */
export function OneEntrance({ id, filter, onFilter }: Props) {
  const t = useWords()
  const query = useQuery(entranceQuery(id, filter.from, filter.to))
  if (query.error && !query.data) return <ErrorBox error={query.error} onRetry={() => void query.refetch()} away={<Link to="/channels">{t('back')}</Link>} />
  if (!query.data) return <Skeleton lines={12} />
  return <Loaded one={query.data} filter={filter} onFilter={onFilter} />
}

function Loaded({ one, filter, onFilter }: { one: EntrancePage; filter: ChannelFilter; onFilter: Props['onFilter'] }) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const [form, setForm] = useState<'change' | 'print'>()
  const all = useQuery({ ...entrancesQuery({}), enabled: one.mayChange }).data
  const byDefault = useMutation({
    mutationFn: () => setDefault(one.default ? '' : one.id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['channels'] })
      void message.success(t('saved'))
    },
  })
  const f = one.figures
  const reach = (reached: Reach['reached']): Reach => ({ channel: one.id, reached, cameFrom: filter.from, cameTo: filter.to })
  const figures: [string, ReactNode, ReactNode?][] = [
    [t('h_opened'), f.opened, f.late > 0 ? t('lateLong', { n: f.late }) : undefined],
    [t('h_arrived'), <People key="a" n={f.arrived} to={reach('arrived')} />],
    [t('h_settled'), <People key="s" n={f.settled} to={reach('settled')} />],
    [t('h_activated'), f.activated === undefined ? <Money /> : <People n={f.activated} to={reach('activated')} />, f.activated === undefined ? undefined : share(f.activated, f.settled)],
    [t('h_kept'), f.kept === undefined ? <span className="unknown">{t('notYet')}</span> : <People n={f.kept} to={reach('kept')} />, f.kept === undefined ? undefined : t('ofKept', { n: share(f.kept, f.keptOf), of: f.keptOf })],
    [t('h_fen'), <Money key="f" fen={f.fen} />],
    [t('h_per'), <Money key="p" fen={f.perSettled} />],
    [t('h_perActive'), <Money key="pa" fen={f.perActivated} />],
    [t('h_perKept'), <Money key="pk" fen={f.perKept} />],
  ]
  return (
    <div className="channels">
      <div className="data-head">
        <h1 className="page-title user-text">{one.name}</h1>
        <span>{t(one.standing)}</span>
        <Link to="/channels">{t('back')}</Link>
        <div className="data-aside">
          <Space wrap>
            <Button onClick={() => setForm('print')}>{t('print')}</Button>
            {one.mayChange && (
              <>
                <Tooltip title={t('defaultHint')}>
                  <Button loading={byDefault.isPending} onClick={() => byDefault.mutate()}>
                    {t(one.default ? 'unDefault' : 'makeDefault')}
                  </Button>
                </Tooltip>
                <Button type="primary" disabled={!all} onClick={() => setForm('change')}>
                  {t('change')}
                </Button>
              </>
            )}
          </Space>
        </div>
      </div>
      {byDefault.error && <ErrorBox error={byDefault.error} />}
      <div className="data-bar">
        <Days filter={filter} onFilter={onFilter} />
      </div>
      <div className="channels-two">
        <section className="panel channels-pad" aria-label={t('overview')}>
          <dl className="channels-figures">
            {figures.map(([name, value, more]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>
                  {value} {more && <span className="note">{more}</span>}
                </dd>
              </div>
            ))}
          </dl>
          <DayChart days={one.days} />
          <p className="note">{t('rule')}</p>
        </section>
        <section className="panel channels-pad channels-code" aria-label={t('state')}>
          <img src={pictureOf(one.id, 'png', 3, 150, false)} alt={t('preview')} width={177} height={177} />
          <code>{one.state}</code>
          <p className="user-text">
            {[say(one.kindText), one.channel, one.region, one.place].filter(Boolean).join(' · ')}
          </p>
          <p>
            {say(one.programmeText)} · {one.ownerRef ? <span className="user-text">{one.ownerRef.name}</span> : t('nobody')}
          </p>
          <p className="note">
            {one.from || one.to ? `${t('period')} ${t('lasts', { from: one.from ?? t('begin'), to: one.to ?? t('begin') })}` : t('always')}
          </p>
          {one.successorName && (
            <p className="note">
              {t('successor')} <span className="user-text">{one.successorName}</span>
            </p>
          )}
          <WecomCode entrance={one} />
        </section>
      </div>
      <Costs entrance={one.id} costs={one.costs} mayChange={one.mayChange} />
      {form === 'change' && all && <EntranceForm all={all} entrance={one} codes={one.codes} onClose={() => setForm(undefined)} />}
      {form === 'print' && <PrintCode entrance={one} onClose={() => setForm(undefined)} />}
    </div>
  )
}
