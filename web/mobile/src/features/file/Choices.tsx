import { Link } from '@tanstack/react-router'
import { Page } from '../../parts/Page'
import { groups } from './forms'
import { useFileWords } from './strings'

/** Choices is everything that can be written down, under headings a person would look for. */
export function Choices() {
  const t = useFileWords()
  return (
    <Page title={t('choices')} back="/file">
      <p className="soft">{t('choicesIntro')}</p>
      {groups.map(({ title, whats }) => (
        <section key={title} aria-label={t(title)}>
          <h2>{t(title)}</h2>
          <div className="choice-links">
            {whats.map((what) => (
              <Link key={what} to="/file/add/$what" params={{ what }} className="row-link">
                {t(what === 'report' ? 'choice_report' : `choice_${what}`)}
              </Link>
            ))}
          </div>
        </section>
      ))}
    </Page>
  )
}
