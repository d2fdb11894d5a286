import { Link } from '@tanstack/react-router'
import { asks, type Form } from '../../../../client/forms'
import { useSay } from '../../../../ui/i18n'
import { Empty } from '../../../../ui/states'
import { formatDay } from '../../../../ui/time'
import { Page } from '../../parts/Page'
import { useMe, useMoment } from '../../session/Session'
import { keptDraft } from '../../session/drafts'
import { useFormWords } from './strings'

/** FormList is the questionnaires there are, those that are due first. */
export function FormList({ forms }: { forms: readonly Form[] }) {
  const t = useFormWords()
  return (
    <Page title={t('title')} back="/me">
      {forms.length === 0 ? (
        <Empty title={t('none')}>{t('noneText')}</Empty>
      ) : (
        <>
          <p className="soft">{t('intro')}</p>
          {forms.map((one) => (
            <FormCard key={one.key} form={one} />
          ))}
        </>
      )}
    </Page>
  )
}

function FormCard({ form }: { form: Form }) {
  const t = useFormWords()
  const say = useSay()
  const me = useMe()
  const moment = useMoment()
  const begun = keptDraft(me.id, form.key, form.version) !== undefined
  const { last } = form
  return (
    <section className="card" aria-label={say(form.name)}>
      <h2>
        {say(form.name)} {form.due && <span className="chip chip-new">{t('due')}</span>}
      </h2>
      <p className="soft">
        {t('count', { n: form.items.filter(asks).length })}
        {last && ` · ${t('last', { at: formatDay(new Date(last.at), moment) })}`}
        {!form.due && form.dueFrom && ` · ${t('next', { at: formatDay(new Date(form.dueFrom), moment) })}`}
      </p>
      {form.draft && <p className="note">{t('draft')}</p>}
      {begun && <p className="note">{t('saved')}</p>}
      <Link to="/forms/$key" params={{ key: form.key }} className={form.due ? 'main-button' : 'plain-button'}>
        {t(begun ? 'goOn' : last ? 'again' : 'begin')}
      </Link>
      {last?.mayChange && (
        <Link to="/forms/$key" params={{ key: form.key }} search={{ fix: last.id }} className="plain-button">
          {t('change')}
        </Link>
      )}
    </section>
  )
}
