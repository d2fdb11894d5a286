import { useQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Alert, Button } from 'antd'
import { lazy, Suspense, useMemo, useState } from 'react'
import type { TagCode, TagDefinition, Use } from '../../../../client/rules'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { useSession } from '../session/session'
import { CountAll } from './CountAll'
import { Moved } from './Moved'
import { count } from './Names'
import { OfProgramme, TagLink } from './of'
import { useProgrammes } from './Chooser'
import { Reading } from './RuleField'
import { SegmentHands } from './SegmentHands'
import { useWords } from './strings'
import { askedOf, catalogueOf, draftQuery, mayEdit, tagQuery } from './tags'
import { TrendChart } from './Trend'
import { TryOne } from './TryOne'
import { Versions } from './Versions'
import './tags.css'

const StartModal = lazy(() => import('../../layout/StartModal'))

/** TagPage is one definition: what it means, how many have it, who is near its edge, who reads it, how it came to be. */
export function TagPage({ tag: key, programme: asked }: { tag: string; programme?: string }) {
  const t = useWords()
  const tag = useQuery(tagQuery(key, asked))
  const kind = tag.data?.kind ?? 'tag'
  const catalogue = useQuery(catalogueOf(kind, asked)).data
  if (tag.error) return <ErrorBox error={tag.error} onRetry={() => void tag.refetch()} away={<Link to="/tags" search={{ programme: asked }}>{t('backToTags')}</Link>} />
  if (!tag.data) return <Skeleton lines={14} />
  return (
    <OfProgramme value={asked ?? catalogue?.programme}>
      <article className="tag-page">
        <Head tag={tag.data} programme={catalogue?.programme} groups={catalogue?.groups} />
        <Failures tag={tag.data} />
        <div className="tag-cols">
          <div className="tag-main">
            <section className="panel box" aria-label={t('now')}>
              <h2>{t('now')}</h2>
              <Now tag={tag.data} programme={catalogue?.programme} few={catalogue?.items.some((one) => one.key === key && one.unknown !== undefined) ?? false} />
            </section>
            <section className="panel box" aria-label={t('course')}>
              <h2>{t('course')}</h2>
              <TrendChart tag={key} />
            </section>
            {tag.data.byHand && <SegmentHands segment={key} />}
            <Definition tag={tag.data} />
          </div>
          <aside className="tag-side">
            <section className="panel box" aria-label={t('tryOne')}>
              <h2>{t('tryOne')}</h2>
              <Trial tag={tag.data} programme={catalogue?.programme} />
            </section>
            <Uses tag={tag.data} />
            <section className="panel box" aria-label={t('history')}>
              <h2>{t('history')}</h2>
              <Versions tag={key} programme={catalogue?.programme} />
            </section>
          </aside>
        </div>
      </article>
    </OfProgramme>
  )
}

function Head({ tag, programme, groups }: { tag: TagDefinition; programme?: string; groups?: { key: string; name: { zh: string; en: string }; exclusive: boolean }[] }) {
  const t = useWords()
  const say = useSay()
  const editor = mayEdit(useSession())
  const draft = useQuery({ ...draftQuery(programme), enabled: editor && programme !== undefined }).data
  const group = groups?.find((one) => one.key === tag.group)
  const several = useProgrammes()
  const inDraft = draft?.exists && draft.diff?.tags.some((one) => one.key === tag.key)
  return (
    <header className="tag-head">
      <Link to="/tags" search={{ programme, kind: tag.kind === 'segment' ? 'segment' : undefined }}>
        {t('backToTags')}
      </Link>
      <h1>
        {say(tag.name)} <code className="note">{tag.key}</code>
      </h1>
      <div className="tag-facts">
        {several && programme && (
          <Link to="/programmes/$key" params={{ key: programme }}>
            {t('inProgramme', { name: say(several.find((one) => one.key === programme)?.name) || programme })}
          </Link>
        )}
        {(group || tag.group) && <span>{t('inGroup', { name: (group && say(group.name)) || tag.group })}</span>}
        {group?.exclusive && <span className="badge">{t('exclusiveShort')}</span>}
        <span>{t(tag.private === '' || tag.private === 'no' ? 'p_no' : tag.private === 'person' ? 'p_person' : 'p_health')}</span>
        {tag.codes && <span className="badge">{t('nCodes', { n: tag.codes.length })}</span>}
        {tag.byHand && <span className="badge">{t('byHand')}</span>}
      </div>
      {editor && programme && (tag.kind === 'tag' || tag.kind === 'segment') && (
        <span className="tags-acts">
          {inDraft && (
            <Link to="/draft" search={{ programme }}>
              {t('inDraft')}
            </Link>
          )}
          <Link to="/draft/tags/$key" params={{ key: tag.key }} search={{ programme }} className="ant-btn ant-btn-primary button-link">
            {t(inDraft ? 'editOn' : 'edit')}
          </Link>
        </span>
      )}
    </header>
  )
}

/** A rule the program could not compute: for how many, why, and what to do. */
function Failures({ tag }: { tag: TagDefinition }) {
  const t = useWords()
  const say = useSay()
  return tag.failures?.map((one) => (
    <Alert
      key={`${one.key} ${one.version} ${one.reason}`}
      type="error"
      showIcon
      title={t('ruleFailed', { n: count(one.people), version: one.version })}
      description={
        <>
          {say(one.text)} {say(one.hint)} <code className="note">{one.reason}</code>
        </>
      }
    />
  ))
}

/** Where the catalogue counted everyone, few are to be asked, and counting again is at once. */
function Now({ tag, programme, few }: { tag: TagDefinition; programme?: string; few: boolean }) {
  const t = useWords()
  const say = useSay()
  const asked = useMemo(() => askedOf(tag, programme), [tag, programme])
  const editor = mayEdit(useSession())
  const [starting, setStarting] = useState(false)
  return (
    <>
      {(!few || tag.byHand) && (
        <p className="totals">
          <Link to="/people" search={{ programme, tag: [tag.key] }} aria-label={t('openPeople', { name: say(tag.name), n: count(tag.has) })}>
            {t('nHave', { n: count(tag.has) })}
          </Link>
          <span className="note">{t(tag.byHand ? 'withHands' : 'restByCount')}</span>
        </p>
      )}
      {programme && <CountAll asked={asked} tag={tag.byHand ? undefined : tag.key} eager={few} />}
      <p className="totals">
        <span className="note">{t('week')}</span> <Moved tag={tag} />
      </p>
      {editor && programme && tag.has > 0 && (
        <Button size="small" onClick={() => setStarting(true)}>
          {t('startThese', { n: count(tag.has) })}
        </Button>
      )}
      {starting && (
        <Suspense fallback={null}>
          <StartModal segment={{ key: tag.key, name: say(tag.name), programme }} onClose={() => setStarting(false)} />
        </Suspense>
      )}
    </>
  )
}

function Trial({ tag, programme }: { tag: TagDefinition; programme?: string }) {
  const asked = useMemo(() => ({ ...askedOf(tag, programme), value: tag.value || undefined }), [tag, programme])
  return <TryOne asked={asked} />
}

function Definition({ tag }: { tag: TagDefinition }) {
  const t = useWords()
  const say = useSay()
  return (
    <section className="panel box" aria-label={t('definition')}>
      <h2>{t('definition')}</h2>
      <Reading reading={tag.plain} />
      <dl className="definition">
        {tag.codes ? (
          <>
            <dt>{t('codes')}</dt>
            <dd>
              <p className="note">{t('codesFirst')}</p>
              <Codes codes={tag.codes} />
            </dd>
          </>
        ) : (
          <>
            <dt>{t('ruleWords')}</dt>
            <dd>
              <Reading reading={tag.reading} />
            </dd>
            <dt>{t('rule')}</dt>
            <dd>
              <pre>{tag.rule}</pre>
            </dd>
          </>
        )}
        {tag.words.length > 0 && (
          <>
            <dt>{t('words')}</dt>
            <dd>
              {tag.words.map((word) => (
                <p key={word.key}>
                  <code>{word.key}</code> = <code>{word.rule}</code>
                </p>
              ))}
            </dd>
          </>
        )}
        <dt>{t('needs')}</dt>
        <dd>
          {tag.needs ? (
            <>
              <Reading reading={tag.needsReading} />
              <pre>{tag.needs}</pre>
            </>
          ) : (
            <span className="unknown">{t('needsNothing')}</span>
          )}
        </dd>
        {tag.value && (
          <>
            <dt>{t('value')}</dt>
            <dd>
              <pre>{tag.value}</pre> {tag.unit}
            </dd>
          </>
        )}
        <dt>{t('because')}</dt>
        <dd>
          <Reading reading={tag.because} />
        </dd>
        <dt>{t('readsWhat')}</dt>
        <dd>
          {tag.reads.length === 0 ? (
            <span className="unknown">{t('readsNothing')}</span>
          ) : (
            <ul className="reads">
              {tag.reads.map((read) => (
                <li key={`${read.kind} ${read.key}`}>
                  <span className="note">{t(`r_${read.kind}`)}</span>{' '}
                  {read.kind === 'tag' ? (
                    <TagLink tag={read.key}>{say(read.name) || read.key}</TagLink>
                  ) : (
                    say(read.name) || read.key
                  )}
                </li>
              ))}
            </ul>
          )}
        </dd>
        <dt>{t('source')}</dt>
        <dd>
          {tag.source || <span className="unknown">{t('noSource')}</span>}
          <p className="note">{t('standsIn', { file: tag.file, line: tag.line })}</p>
        </dd>
      </dl>
    </section>
  )
}

/** What a tag can be, in the order it is asked in. */
function Codes({ codes }: { codes: readonly TagCode[] }) {
  const say = useSay()
  return (
    <ol className="codes-list">
      {codes.map((one) => (
        <li key={one.key}>
          <p>
            <b>{say(one.name)}</b> <code className="note">{one.key}</code>
          </p>
          <Reading reading={one.reading} />
          <pre>{one.rule}</pre>
        </li>
      ))}
    </ol>
  )
}

function Uses({ tag }: { tag: TagDefinition }) {
  const t = useWords()
  return (
    <section className="panel box" aria-label={t('uses')}>
      <h2>
        {t('uses')} <span className="note">{tag.uses.length > 0 && t('places', { n: tag.uses.length })}</span>
      </h2>
      {tag.uses.length === 0 ? (
        <p className="unknown">{t('usedNowhere')}</p>
      ) : (
        <ul className="uses">
          {tag.uses.map((use, i) => (
            <UseLine key={i} use={use} />
          ))}
        </ul>
      )}
    </section>
  )
}

function UseLine({ use }: { use: Use }) {
  const t = useWords()
  const say = useSay()
  const name = say(use.name) || use.key
  return (
    <li>
      <span className="note">{t(`u_${use.kind}`)}</span>{' '}
      {use.kind === 'tag' || use.kind === 'segment' ? (
        <TagLink tag={use.key}>{name}</TagLink>
      ) : (
        <b>{name}</b>
      )}{' '}
      <span>{say(use.where)}</span>
      {use.rule && <code>{use.rule}</code>}
    </li>
  )
}
