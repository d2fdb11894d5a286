import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { App as Antd, Button } from 'antd'
import { useSay } from '../../../../ui/i18n'
import { VisitSheet } from '../../../../ui/sheet/Sheet'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { mayWrite, useSession } from '../session/session'
import { Answers } from './Answers'
import { linksQuery, makeLink, pageQuery, revokeLink } from './query'
import { useWords } from './words'
import './visit.css'

/** VisitDesk is the page as it will be printed, the links given out with it, and what doctors answered. */
export function VisitDesk({ id }: { id: string }) {
  const t = useWords()
  const moment = useMoment()
  const session = useSession()
  const client = useQueryClient()
  const page = useQuery(pageQuery(id))
  const make = useMutation({
    mutationFn: () => makeLink(id),
    onSuccess: () => void client.invalidateQueries({ queryKey: linksQuery(id).queryKey }),
  })
  if (page.error) return <ErrorBox error={page.error} onRetry={() => void page.refetch()} away={<Link to="/people">{t('title')}</Link>} />
  if (!page.data) return <Skeleton lines={16} />
  const link = make.data?.qr ? { qr: make.data.qr, expires: make.data.expires } : undefined
  return (
    <article className="visit" aria-label={t('title')}>
      <header className="visit-head">
        <Link to="/people/$id" params={{ id }}>
          {t('back', { name: page.data.who.name })}
        </Link>
        <h1>{t('title')}</h1>
        <span className="note">{t('hint')}</span>
        <span className="visit-acts">
          {mayWrite(session) && (
            <Button loading={make.isPending} onClick={() => make.mutate()}>
              {t(link ? 'qrAgain' : 'qr')}
            </Button>
          )}
          <Button type="primary" onClick={() => print()}>
            {t('print')}
          </Button>
        </span>
      </header>
      {make.error && <ErrorBox error={make.error} />}
      {make.data && <p className="note">{t('qrNote', { at: formatAt(new Date(make.data.expires), moment) })}</p>}
      <div className="visit-cols">
        <VisitSheet page={page.data} link={link} />
        <div className="visit-side">
          <Answers id={id} />
          <Links id={id} />
        </div>
      </div>
    </article>
  )
}

function Links({ id }: { id: string }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const session = useSession()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const links = useQuery(linksQuery(id))
  const revoke = useMutation({
    mutationFn: (link: string) => revokeLink(id, link),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: linksQuery(id).queryKey })
      void message.success(t('revoked'), 6)
    },
  })
  return (
    <section className="panel" aria-label={t('links')}>
      <h2>{t('links')}</h2>
      {links.error && <ErrorBox error={links.error} onRetry={() => void links.refetch()} />}
      {revoke.error && <ErrorBox error={revoke.error} />}
      {links.data?.items.length === 0 && <p className="unknown">{t('noLinks')}</p>}
      <ul className="plain">
        {links.data?.items.map((one) => (
          <li key={one.id} data-link={one.id} className="visit-link">
            <b>{t(`st_${one.state}`)}</b> <span className="note">{t('madeBy', { by: say(one.by), at: formatAt(new Date(one.created), moment) })}</span>
            {one.state === 'open' && (
              <>
                <span className="note">{t('until', { at: formatAt(new Date(one.expires), moment) })}</span>
                {mayWrite(session) && (
                  <Button size="small" loading={revoke.isPending && revoke.variables === one.id} onClick={() => revoke.mutate(one.id)}>
                    {t('revoke')}
                  </Button>
                )}
              </>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}
