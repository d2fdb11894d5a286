import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { ProgrammeLine } from '../../../../../client/programmes'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { formatAt } from '../../../../../ui/time'
import { useMoment } from '../../../layout/now'
import { useSession } from '../../session/session'
import { count } from '../Names'
import { mayEdit } from '../tags'
import { People } from './People'
import { deskQuery } from './programmes'
import { useApproved, useWords } from './words'
import './programme.css'
import '../tags.css'

/** ProgrammeList is every programme of the workspace, and those that are only begun. */
export function ProgrammeList() {
  const t = useWords()
  const editor = mayEdit(useSession())
  const desk = useQuery(deskQuery)
  if (desk.error) return <ErrorBox error={desk.error} onRetry={() => void desk.refetch()} />
  if (!desk.data) return <Skeleton lines={8} />
  return (
    <div className="programmes">
      <header className="programmes-head">
        <h1 className="page-title">{t('programmes')}</h1>
        <div className="row">
          <Link className="button" to="/rehearsals">
            {t('rehearsals')}
          </Link>
          {editor && (
            <Link className="button" to="/programmes/new">
              {t('newProgramme')}
            </Link>
          )}
        </div>
      </header>
      <ul className="programme-cards">
        {desk.data.map((line) => (
          <Card key={line.key} line={line} />
        ))}
      </ul>
    </div>
  )
}

function Card({ line }: { line: ProgrammeLine }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  const approved = useApproved()
  return (
    <li className="panel programme-card">
      <h2>
        <Link to="/programmes/$key" params={{ key: line.key }}>
          {say(line.name) || line.key}
        </Link>{' '}
        <code className="note">{line.key}</code>
      </h2>
      <p className="programme-facts">
        <span>{line.new ? t('onlyBegun') : t('versionN', { n: line.version })}</span>
        <span>{approved(line.approval)}</span>
        {!line.new && line.at && <span>{t('since', { at: formatAt(new Date(line.at), moment) })}</span>}
        {!line.new && !line.at && <span>{t('fromFolder')}</span>}
      </p>
      <p className="programme-facts">
        {!line.new && (
          <span>
            <People programme={line.key} part="programme" n={line.people} label={t('peopleIn', { name: say(line.name) })} text={t('people', { n: count(line.people) })} />
          </span>
        )}
        <span>{t('contains', { stages: line.stages, tags: line.tags, journeys: line.journeys })}</span>
      </p>
      {line.draft && (
        <p>
          <Link to="/draft" search={{ programme: line.key }}>
            {t('draftBy', { by: line.draftBy?.name ?? '', at: line.draftAt ? formatAt(new Date(line.draftAt), moment) : '' })}
          </Link>
        </p>
      )}
      <nav className="row" aria-label={say(line.name)}>
        <Link to="/programmes/$key/edit" params={{ key: line.key }}>
          {t('partsAct')}
        </Link>
        {!line.new && (
          <Link to="/programmes/$key/versions" params={{ key: line.key }}>
            {t('versionsAct')}
          </Link>
        )}
        <Link to="/programmes/$key/checklist" params={{ key: line.key }}>
          {t('checklistAct')}
        </Link>
      </nav>
    </li>
  )
}
