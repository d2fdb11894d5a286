import { Link } from '@tanstack/react-router'
import { useState, type ReactNode } from 'react'
import type { Language, Unit } from '../../../../client/types'
import { useSay } from '../../../../ui/i18n'
import { Icon } from '../../parts/Icon'
import { Page } from '../../parts/Page'
import { useMe } from '../../session/Session'
import { MyUploaders } from './MyUploaders'
import { useMeWords } from './strings'

export interface Settings {
  elder?: boolean
  language?: Language
  unit?: Unit
}

interface Props {
  /** Records that still wait on this phone and would be lost. */
  waiting: number
  failed: boolean
  onSet: (settings: Settings) => void
  onOut: () => void
  /** What asks something of the person. */
  above?: ReactNode
}

export function MyPage({ waiting, failed, onSet, onOut, above }: Props) {
  const t = useMeWords()
  const say = useSay()
  const me = useMe()
  const [sure, setSure] = useState(false)
  const renew = me.consents.filter((one) => one.outdated).length
  const agreed = me.consents.filter((one) => one.granted).length
  return (
    <Page title={t('title')}>
      <section className="card">
        <h2>
          {me.name} {me.age !== undefined && <span className="soft nowrap">{t('age', { age: me.age })}</span>}
        </h2>
        {me.owner && <p>{t('owner', { role: say(me.owner.roleText), name: me.owner.name })}</p>}
        {me.family.map((one) => (
          <p key={one.id} className="soft">
            <Link to="/shared/$id" params={{ id: one.id }}>
              {t('familyOf', { name: one.name })}
            </Link>
          </p>
        ))}
      </section>

      {above}

      <Link to="/file" className="row-link">
        <Icon name="file" />
        <span>
          {t('file')}
          <br />
          <span className="note">{t('fileHint')}</span>
        </span>
      </Link>
      <Link to="/forms" className="row-link">
        <Icon name="form" />
        {t('forms')}
      </Link>
      <Link to="/family" className="row-link">
        <Icon name="me" />
        <span>
          {t('family')}
          <br />
          <span className="note">{t('familyHint')}</span>
        </span>
      </Link>
      <Link to="/consents" className="row-link">
        <Icon name="tick" />
        <span>
          {t('consents')}
          <br />
          <span className="note">{renew > 0 ? t('toRenew', { n: renew }) : t('consentsHint', { n: agreed })}</span>
        </span>
      </Link>
      <Link to="/preferences" className="row-link">
        <Icon name="messages" />
        <span>
          {t('preferences')}
          <br />
          <span className="note">{t('preferencesHint')}</span>
        </span>
      </Link>
      <Link to="/invite" className="row-link">
        <Icon name="me" />
        <span>
          {t('invite')}
          <br />
          <span className="note">{t('inviteHint')}</span>
        </span>
      </Link>

      <section className="card">
        <Choice label={t('type')}>
          <Option on={!me.elder} onClick={() => onSet({ elder: false })}>
            {t('standard')}
          </Option>
          <Option on={me.elder} onClick={() => onSet({ elder: true })}>
            {t('elder')}
          </Option>
        </Choice>
        <Choice label={t('unit')}>
          {(['mmol/L', 'mg/dL'] as const).map((unit) => (
            <Option key={unit} on={me.unit === unit} onClick={() => onSet({ unit })}>
              {unit}
            </Option>
          ))}
        </Choice>
        <Choice label={t('language')}>
          {(['zh', 'en'] as const).map((language) => (
            <Option key={language} on={me.language === language} onClick={() => onSet({ language })}>
              {t(language)}
            </Option>
          ))}
        </Choice>
        {failed && (
          <p className="field-error" role="alert">
            {t('failed')}
          </p>
        )}
      </section>

      <MyUploaders />

      <button
        type="button"
        className="plain-button"
        onClick={() => (waiting > 0 && !sure ? setSure(true) : onOut())}
      >
        {sure && waiting > 0 ? t('outSure', { n: waiting }) : t('out')}
      </button>
    </Page>
  )
}

function Choice({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="choice" role="radiogroup" aria-label={label}>
      <span className="choice-label">{label}</span>
      <span className="chips">{children}</span>
    </div>
  )
}

function Option({ on, onClick, children }: { on: boolean; onClick: () => void; children: ReactNode }) {
  return (
    <button type="button" role="radio" aria-checked={on} className="slot" onClick={onClick}>
      {children}
    </button>
  )
}
