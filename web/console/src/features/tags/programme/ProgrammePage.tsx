import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, Button } from 'antd'
import type { ProgrammeDocument } from '../../../../../client/programmes'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { useUiWords } from '../../../../../ui/strings'
import { formatAt } from '../../../../../ui/time'
import { useMoment } from '../../../layout/now'
import { useSession } from '../../session/session'
import { count } from '../Names'
import { mayEdit } from '../tags'
import type { EditPart } from './EditPage'
import { JourneyGraph } from './JourneyGraph'
import { Settings, Targets } from './Numbers'
import { People } from './People'
import { documentQuery, exportAddress, type Which } from './programmes'
import { Forms, Layers, TagGroups, Texts, Words } from './Sections'
import { Stages } from './Stages'
import { useApproved, useWords } from './words'
import './programme.css'
import '../tags.css'

export const sections = ['targets', 'settings', 'stages', 'tags', 'segments', 'layers', 'journeys', 'texts', 'forms', 'words', 'tests'] as const
export type Section = (typeof sections)[number]

/** ProgrammePage is a programme to be read from beginning to end, on screen or on paper. */
export function ProgrammePage({ programme, which }: { programme: string; which: Which }) {
  const document = useQuery(documentQuery(programme, which))
  if (document.error) return <ErrorBox error={document.error} onRetry={() => void document.refetch()} />
  if (!document.data) return <Skeleton lines={14} />
  return <Read doc={document.data} which={which} />
}

function Read({ doc, which }: { doc: ProgrammeDocument; which: Which }) {
  const t = useWords()
  const editor = mayEdit(useSession())
  const shown = sections.filter((one) => sizeOf(doc, one) > 0)
  return (
    <article className="programme">
      <Head doc={doc} which={which} />
      {doc.of !== 'force' && <Alert type="info" showIcon title={t(doc.of === 'draft' ? 'readsDraft' : 'readsVersion', { n: doc.version })} />}
      <div className="programme-body">
        <nav className="programme-toc" aria-label={t('contents')}>
          <ol>
            {shown.map((one) => (
              <li key={one}>
                <a href={`#${one}`}>
                  {t(`s_${one}`)} <span className="note">{sizeOf(doc, one)}</span>
                </a>
              </li>
            ))}
          </ol>
        </nav>
        <div className="programme-text">
          {shown.map((one) => (
            <section key={one} id={one} className="panel programme-section" aria-label={t(`s_${one}`)}>
              <div className="rung">
                <h2>
                  {t(`s_${one}`)} <span className="note">{t(`n_${one}`, { n: sizeOf(doc, one) })}</span>
                </h2>
                {editor && doc.of !== 'version' && <ToEditor programme={doc.key} part={one} />}
              </div>
              <Part doc={doc} part={one} />
            </section>
          ))}
        </div>
      </div>
    </article>
  )
}

/** Where each part is edited. Tags have pages of their own, with the way to their editor. */
const editors: Record<Section, EditPart | 'tags'> = { targets: 'numbers', settings: 'numbers', stages: 'stages', tags: 'tags', segments: 'segments', layers: 'shape', journeys: 'files', texts: 'texts', forms: 'forms', words: 'shape', tests: 'tests' }

function ToEditor({ programme, part }: { programme: string; part: Section }) {
  const t = useWords()
  const place = editors[part]
  const label = t('toEditorOf', { what: t(`s_${part}`) })
  return place === 'tags' ? (
    <Link className="no-print" to="/tags" search={{ programme }} aria-label={label}>
      {t('toEditor')}
    </Link>
  ) : (
    <Link className="no-print" to="/programmes/$key/edit" params={{ key: programme }} search={{ part: place }} aria-label={label}>
      {t('toEditor')}
    </Link>
  )
}

function sizeOf(doc: ProgrammeDocument, part: Section): number {
  switch (part) {
    case 'tags':
      return doc.groups.reduce((sum, group) => sum + group.tags.length, 0)
    case 'tests':
      return doc.tests
    default:
      return doc[part].length
  }
}

function Part({ doc, part }: { doc: ProgrammeDocument; part: Section }) {
  switch (part) {
    case 'targets':
      return <Targets targets={doc.targets} />
    case 'settings':
      return <Settings settings={doc.settings} />
    case 'stages':
      return <Stages doc={doc} />
    case 'tags':
      return <TagGroups doc={doc} groups={doc.groups} />
    case 'segments':
      return <TagGroups doc={doc} groups={[{ key: 'segments', exclusive: false, tags: doc.segments }]} />
    case 'journeys':
      return doc.journeys.map((journey) => <JourneyGraph key={journey.key} doc={doc} journey={journey} />)
    case 'texts':
      return <Texts texts={doc.texts} />
    case 'layers':
      return <Layers doc={doc} />
    case 'words':
      return <Words words={doc.words} />
    case 'forms':
      return <Forms forms={doc.forms} />
    default:
      return <Tests doc={doc} />
  }
}

function Head({ doc, which }: { doc: ProgrammeDocument; which: Which }) {
  const t = useWords()
  const ui = useUiWords()
  const say = useSay()
  const moment = useMoment()
  const approved = useApproved()
  const editor = mayEdit(useSession())
  return (
    <header className="programme-head">
      <Link className="no-print" to="/programmes">
        {t('backToList')}
      </Link>
      <h1>
        {say(doc.name)} <code className="note">{doc.key}</code>
      </h1>
      <p className="programme-facts">
        <span>{doc.of === 'draft' ? t('draftWord') : t('versionN', { n: doc.version })}</span>
        {doc.at && <span>{t('since', { at: formatAt(new Date(doc.at), moment) })}</span>}
        <span className={doc.approval.sample ? 'stale' : undefined}>{approved(doc.approval)}</span>
        {doc.sample && <span className="badge">{t('rehearsalOnly')}</span>}
        {doc.counted && (
          <span>
            <People programme={doc.key} part="programme" n={doc.people} label={t('peopleIn', { name: say(doc.name) })} text={t('people', { n: count(doc.people) })} />
          </span>
        )}
        <span className="note">{ui('asOf', { time: formatAt(new Date(doc.asOf), moment) })}</span>
      </p>
      <div className="row no-print">
        <Link to="/programmes/$key/edit" params={{ key: doc.key }}>
          {t(editor ? 'partsAct' : 'partsLook')}
        </Link>
        <Link to="/programmes/$key/versions" params={{ key: doc.key }}>
          {t('versionsAct')}
        </Link>
        <Link to="/programmes/$key/checklist" params={{ key: doc.key }}>
          {t('checklistAct')}
        </Link>
        <Button onClick={() => window.print()}>{t('print')}</Button>
        <Button href={exportAddress(doc.key, which)} download>
          {t('export')}
        </Button>
      </div>
    </header>
  )
}

function Tests({ doc }: { doc: ProgrammeDocument }) {
  const t = useWords()
  return (
    <ul className="columns">
      {doc.testFiles.map(({ path, cases }) => (
        <li key={path}>
          <Link to="/programmes/$key/edit" params={{ key: doc.key }} search={{ part: 'files', file: path }}>
            {path}
          </Link>{' '}
          <span className="note">{t('n_tests', { n: cases })}</span>
        </li>
      ))}
    </ul>
  )
}
