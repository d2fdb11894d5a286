import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Drawer, Input, Select } from 'antd'
import { useState } from 'react'
import type { Import, ImportGuess, ImportMap } from '../../../../client/imports'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { workspaceQuery } from '../../layout/catalogue'
import { act, answered, guessQuery, start, type As } from './imports'
import { MapFile } from './MapFile'
import { Preview, usePreview } from './Preview'
import { useWords } from './strings'

/** Wizard checks an uploaded table: what its columns are taken for, which can be said otherwise, what must be asked, and what its first rows become. */
export function Wizard({ one, onClose }: { one: Import; onClose: () => void }) {
  const t = useWords()
  const [as, setAs] = useState<As>({})
  const client = useQueryClient()
  const guess = useQuery({ ...guessQuery(one.number, as), placeholderData: (before) => before })
  const drop = useMutation({
    mutationFn: () => act(one.number, 'discard'),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['imports'] })
      onClose()
    },
  })
  return (
    <Drawer open onClose={onClose} title={t('wizard', { name: one.name })} size={1040}>
      {guess.error ? (
        <>
          <ErrorBox error={guess.error} onRetry={() => (Object.keys(as).length > 0 ? setAs({}) : void guess.refetch())} />
          <Button className="imports-drop" loading={drop.isPending} onClick={() => drop.mutate()}>
            {t('wrongFile')}
          </Button>
        </>
      ) : !guess.data ? (
        <Skeleton lines={10} />
      ) : (
        <Checked one={one} guess={guess.data} as={as} onAs={setAs} onClose={onClose} />
      )}
    </Drawer>
  )
}

interface Props {
  one: Import
  guess: ImportGuess
  as: As
  onAs: (as: As) => void
  onClose: () => void
}

function Checked({ one, guess, as, onAs, onClose }: Props) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const [answers, setAnswers] = useState<Record<string, string>>({})
  const [own, setOwn] = useState<{ map: ImportMap; from: string }>()
  const [basis, setBasis] = useState('')
  const [programme, setProgramme] = useState<string>()
  const [owner, setOwner] = useState<string>()
  const workspace = useQuery(workspaceQuery).data
  const asked = own ? [] : guess.questions
  const map = own?.map ?? Object.entries(answers).reduce<ImportMap>((m, [path, value]) => answered(m, path, value), guess.map)
  const left = asked.filter((q) => answers[q.path] === undefined).length
  const preview = usePreview(one.number, map, left === 0)
  const begin = useMutation({
    mutationFn: () => start(one.number, map, { basis: basis.trim(), programme, owner }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['imports'] })
      onClose()
    },
  })
  /** Whatever a column is said to be, answers about the map before are of no use. */
  const turn = (next: As) => {
    setAnswers({})
    onAs(next)
  }
  const answer = (path: string, value: string) => setAnswers({ ...answers, [path]: value })
  return (
    <div className="imports-wizard">
      {guess.earlier && !own && (
        <p className="imports-earlier" role="status">
          {t('earlier', { name: guess.earlier.name })}{' '}
          <Button size="small" onClick={() => guess.earlier && setOwn({ map: guess.earlier.map, from: guess.earlier.name })}>
            {t('useEarlier')}
          </Button>
        </p>
      )}
      {own && (
        <p className="imports-earlier" role="status">
          {t('byMap', { name: own.from })}{' '}
          <Button size="small" onClick={() => setOwn(undefined)}>
            {t('byGuess')}
          </Button>
        </p>
      )}
      {!own && guess.sheets.length > 1 && (
        <label className="imports-field">
          <span>{t('sheetPick')}</span>
          <Select aria-label={t('sheetPick')} value={guess.sheet} onChange={(sheet: string) => turn({ sheet })} options={guess.sheets.map((name) => ({ value: name, label: name }))} />
        </label>
      )}
      {asked.length > 0 && (
        <section>
          <h3>{t('questions')}</h3>
          {asked.map((q) => (
            <div key={q.path} className="imports-question">
              <label>
                <span>{say(q.text)}</span>
                <Select
                  aria-label={say(q.text)}
                  style={{ minWidth: 320 }}
                  placeholder={t('choose')}
                  value={answers[q.path]}
                  onChange={(value: string) => answer(q.path, value)}
                  options={q.options.map((o) => ({ value: o.value, label: say(o.text) }))}
                />
              </label>
            </div>
          ))}
        </section>
      )}
      {!own && (
        <section>
          <h3>{t('columns')}</h3>
          <p className="note">{t('columnsHint')}</p>
          <table className="imports-table">
            <thead>
              <tr>
                <th scope="col">{t('c_name')}</th>
                <th scope="col">{t('c_examples')}</th>
                <th scope="col">{t('c_taken')}</th>
              </tr>
            </thead>
            <tbody>
              {guess.columns.map((c) => (
                <tr key={c.name}>
                  <th scope="row">{c.name}</th>
                  <td className="note">{c.examples.join(' · ')}</td>
                  <td>
                    <Select
                      aria-label={t('takenFor', { name: c.name })}
                      className="imports-role"
                      showSearch={{ optionFilterProp: 'label' }}
                      value={c.role}
                      onChange={(role: string) => turn({ ...as, roles: { ...as.roles, [c.name]: role } })}
                      options={guess.roles.map((o) => ({ value: o.value, label: say(o.text) }))}
                    />
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {!own && (
        <section>
          <h3>{t('settings')}</h3>
          <div className="imports-settings">
            <label className="imports-field">
              <span>{t('header')}</span>
              <Select
                aria-label={t('header')}
                value={as.header ?? ''}
                onChange={(header: string) => turn({ ...as, header: header || undefined })}
                options={[
                  { value: '', label: t('headerFound') },
                  { value: '1', label: t('header1') },
                  { value: '2', label: t('header2') },
                ]}
              />
            </label>
            {guess.settings.map((x) => (
              <label key={x.path} className="imports-field">
                <span>{say(x.text)}</span>
                {x.options.length > 0 ? (
                  <Select aria-label={say(x.text)} value={answers[x.path] ?? x.value} onChange={(value: string) => answer(x.path, value)} options={x.options.map((o) => ({ value: o.value, label: say(o.text) }))} />
                ) : (
                  <Input aria-label={say(x.text)} defaultValue={x.value} maxLength={60} onBlur={(event) => answer(x.path, event.target.value.trim())} onPressEnter={(event) => answer(x.path, event.currentTarget.value.trim())} />
                )}
              </label>
            ))}
          </div>
        </section>
      )}
      <section>
        <h3>{t('preview')}</h3>
        {left > 0 ? <p className="note">{t('openLeft', { n: left })}</p> : <Preview preview={preview} />}
      </section>
      <section>
        <h3>{t('newPeople')}</h3>
        <div className="imports-settings">
          <label className="imports-field">
            <span>{t('programme')}</span>
            <Select
              aria-label={t('programme')}
              value={programme ?? ''}
              onChange={(key: string) => setProgramme(key || undefined)}
              options={[{ value: '', label: t('programmeUsual') }, ...(workspace?.programmes ?? []).map(({ key, name }) => ({ value: key, label: say(name) || key }))]}
            />
          </label>
          <label className="imports-field">
            <span>{t('owner')}</span>
            <Select
              aria-label={t('owner')}
              showSearch={{ optionFilterProp: 'label' }}
              value={owner ?? ''}
              onChange={(id: string) => setOwner(id || undefined)}
              options={[{ value: '', label: t('ownerNone') }, ...(workspace?.owners ?? []).map(({ id, name }) => ({ value: id, label: name }))]}
            />
          </label>
          <label className="imports-field">
            <span>{t('basis')}</span>
            <Input value={basis} maxLength={60} placeholder={t('basisExample')} onChange={(event) => setBasis(event.target.value)} />
          </label>
        </div>
        <p className="note">{t('basisHint')}</p>
      </section>
      {begin.error && <ErrorBox error={begin.error} onRetry={() => begin.mutate()} />}
      <div className="imports-do">
        <Button type="primary" disabled={left > 0 || !preview.data || preview.data.problems.length > 0 || preview.data.open.length > 0} loading={begin.isPending} onClick={() => begin.mutate()}>
          {t('start')}
        </Button>
        <Button onClick={onClose}>{t('back')}</Button>
        <MapFile map={map} name={one.name} onMap={(read, from) => setOwn({ map: read, from })} />
      </div>
    </div>
  )
}
