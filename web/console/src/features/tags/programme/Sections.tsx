import { useState } from 'react'
import { Segmented } from 'antd'
import type { DocForm, DocTag, DocText, ProgrammeDocument } from '../../../../../client/programmes'
import type { Text } from '../../../../../client/types'
import { useSay } from '../../../../../ui/i18n'
import { count } from '../Names'
import { TagLink } from '../of'
import { People } from './People'
import { useApproved, useWords } from './words'

/** TagGroups are the tags under their headings; each opens its page, each number its people. */
export function TagGroups({ doc, groups }: { doc: ProgrammeDocument; groups: readonly { key: string; name?: Text; exclusive: boolean; tags: readonly DocTag[] }[] }) {
  const t = useWords()
  const say = useSay()
  return groups.map((group) => (
    <section key={group.key} className="tag-group" aria-label={say(group.name)}>
      {group.name && (
        <h3>
          {say(group.name)} <span className="note">{t('n_tags', { n: group.tags.length })}</span> {group.exclusive && <span className="badge">{t('exclusive')}</span>}
        </h3>
      )}
      <ul className="tag-lines">
        {group.tags.map((tag) => (
          <li key={tag.key}>
            <span className="tag-line">
              <TagLink tag={tag.key} programme={doc.key}>
                {say(tag.name)}
              </TagLink>
              {doc.counted && <People programme={doc.key} part="tag" of={tag.key} n={tag.has} label={t('peopleWith', { name: say(tag.name), n: count(tag.has) })} text={count(tag.has)} />}
            </span>
            <span className="tag-plain">{say(tag.plain)}</span>
            {tag.codes && (
              <span className="tag-codes">
                {tag.codes.map((code) => (
                  <span key={code.key} className="nowrap">
                    {say(code.name)} {doc.counted && <People programme={doc.key} part="tag" of={code.key} n={code.has} label={t('peopleWith', { name: say(code.name), n: count(code.has) })} text={count(code.has)} />}
                  </span>
                ))}
              </span>
            )}
          </li>
        ))}
      </ul>
    </section>
  ))
}

const kinds = ['all', 'greeting', 'card', 'message', 'script', 'consent'] as const

/** Texts stand in both languages side by side, with who signed them and which journeys use them. */
export function Texts({ texts }: { texts: readonly DocText[] }) {
  const t = useWords()
  const say = useSay()
  const approved = useApproved()
  const [kind, setKind] = useState<(typeof kinds)[number]>('all')
  const there = kinds.filter((one) => one === 'all' || texts.some((text) => text.kind === one))
  return (
    <>
      <div className="no-print">
        <Segmented aria-label={t('textKind')} value={kind} onChange={setKind} options={there.map((one) => ({ value: one, label: t(`k_${one}`) }))} />
      </div>
      {texts
        .filter((text) => kind === 'all' || text.kind === kind)
        .map((text) => (
          <section key={text.key} id={`text-${text.key}`} className="doc-text">
            <h3>
              {say(text.title)} <code className="note">{text.key}</code>
            </h3>
            <p className="programme-facts note">
              <span>{t(`k_${text.kind}`)}</span>
              <span className={text.approval.sample ? 'stale' : undefined}>{approved(text.approval)}</span>
              {text.gravity > 1 && <span>{t('onlyDoctor')}</span>}
              {text.expires && <span>{t('expires', { at: text.expires })}</span>}
              {text.usedBy.length > 0 && (
                <span>
                  {t('usedIn')}{' '}
                  {text.usedBy.map((journey, i) => (
                    <span key={journey.key}>
                      {i > 0 && t('comma')}
                      <a href={`#journey-${journey.key}`}>{say(journey.name)}</a>
                    </span>
                  ))}
                </span>
              )}
            </p>
            <div className="both">
              <p lang="zh-CN" className="user-text">
                {text.body.zh}
              </p>
              <p lang="en" className="user-text">
                {text.body.en}
              </p>
            </div>
            {text.answers && (
              <p className="answers">
                {text.answers.map((answer) => (
                  <span key={answer.key} className="badge">
                    {say(answer.text)}
                  </span>
                ))}
              </p>
            )}
            {text.long.length > 0 && <p className="stale">{t('longSentences', { n: text.long.length })}</p>}
          </section>
        ))}
    </>
  )
}

/** Forms are the questionnaires: each question with what may be answered. */
export function Forms({ forms }: { forms: readonly DocForm[] }) {
  const t = useWords()
  const say = useSay()
  return forms.map((form) => (
    <section key={form.key} id={`form-${form.key}`} className="doc-form">
      <h3>
        {say(form.name)} <code className="note">{form.key}</code>
      </h3>
      <p className="note">{t('formFacts', { n: form.items.length, version: form.version, right: form.copyright })}</p>
      <details>
        <summary>{t('questions')}</summary>
        <ol>
          {form.items.map((item) => (
            <li key={item.key}>
              {say(item.text)} {item.options && <span className="note">{item.options.map((option) => say(option.text)).join(' / ')}</span>}
            </li>
          ))}
        </ol>
      </details>
    </section>
  ))
}

/** Layers are who gets how much attention: decided by a tag, with how often, by whom and how. */
export function Layers({ doc }: { doc: ProgrammeDocument }) {
  const t = useWords()
  const say = useSay()
  return doc.layers.map((layer) => (
    <section key={layer.tag} id={`layer-${layer.tag}`} className="doc-layer">
      <h3>
        <TagLink tag={layer.tag} programme={doc.key}>
          {say(layer.name)}
        </TagLink>{' '}
        {doc.counted && <People programme={doc.key} part="tag" of={layer.tag} n={layer.people} label={t('peopleWith', { name: say(layer.name), n: count(layer.people) })} text={t('people', { n: count(layer.people) })} />}
      </h3>
      <p>{say(layer.gets)}</p>
      <p className="programme-facts note">
        <span>{t('layerEvery', { n: layer.every })}</span>
        <span>{t('layerBy', { who: say(layer.by) })}</span>
        <span>{layer.channels.map(say).join(t('comma'))}</span>
        {layer.journeys.length > 0 && (
          <span>
            {layer.journeys.map((journey, i) => (
              <span key={journey.key}>
                {i > 0 && t('comma')}
                <a href={`#journey-${journey.key}`}>{say(journey.name)}</a>
              </span>
            ))}
          </span>
        )}
      </p>
      <p className="note">{layer.source}</p>
    </section>
  ))
}

/** Words are parts of rules with a name: a rule that says one reads as if the part stood there. */
export function Words({ words }: { words: ProgrammeDocument['words'] }) {
  return (
    <dl className="doc-words">
      {words.map((word) => (
        <div key={word.key}>
          <dt>
            <code>{word.key}</code>
          </dt>
          <dd>
            <pre>{word.rule}</pre>
          </dd>
        </div>
      ))}
    </dl>
  )
}
