import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Drawer, Input, Select } from 'antd'
import { useState } from 'react'
import type { Import, ImportGuess, ImportMap, ImportRow } from '../../../../client/imports'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { answered, guessQuery, previewOf, start } from './imports'
import { useWords } from './strings'

/** Wizard checks an uploaded table: what its columns are taken for, what must be asked, and what its first rows become. */
export function Wizard({ one, onClose }: { one: Import; onClose: () => void }) {
  const t = useWords()
  const guess = useQuery(guessQuery(one.number))
  return (
    <Drawer open onClose={onClose} title={t('wizard', { name: one.name })} size={960}>
      {guess.error ? <ErrorBox error={guess.error} onRetry={() => void guess.refetch()} /> : !guess.data ? <Skeleton lines={10} /> : <Checked one={one} guess={guess.data} onClose={onClose} />}
    </Drawer>
  )
}

function Checked({ one, guess, onClose }: { one: Import; guess: ImportGuess; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const [answers, setAnswers] = useState<Record<string, string>>({})
  const [basis, setBasis] = useState('')
  const map = Object.entries(answers).reduce<ImportMap>((m, [path, value]) => answered(m, path, value), guess.map)
  const left = guess.questions.filter((q) => answers[q.path] === undefined).length
  const preview = useQuery({ queryKey: ['import', one.number, 'preview', map], queryFn: () => previewOf(one.number, map), enabled: left === 0 })
  const begin = useMutation({
    mutationFn: () => start(one.number, map, basis.trim()),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['imports'] })
      onClose()
    },
  })
  const problems = preview.data?.problems ?? []
  return (
    <div className="imports-wizard">
      {guess.sheets.length > 1 && <p className="note">{t('sheet', { name: guess.sheet })}</p>}
      {guess.questions.length > 0 && (
        <section>
          <h3>{t('questions')}</h3>
          {guess.questions.map((q) => (
            <div key={q.path} className="imports-question">
              <label>
                <span>{say(q.text)}</span>
                <Select
                  style={{ minWidth: 320 }}
                  placeholder={t('choose')}
                  value={answers[q.path]}
                  onChange={(value: string) => setAnswers({ ...answers, [q.path]: value })}
                  options={q.options.map((o) => ({ value: o.value, label: say(o.text) }))}
                />
              </label>
            </div>
          ))}
        </section>
      )}
      <section>
        <h3>{t('columns')}</h3>
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
                <td>{c.taken.zh ? say(c.taken) : <span className="unknown">{t('unused')}</span>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <section>
        <h3>{t('preview')}</h3>
        {left > 0 ? (
          <p className="note">{t('openLeft', { n: left })}</p>
        ) : preview.error ? (
          <ErrorBox error={preview.error} onRetry={() => void preview.refetch()} />
        ) : !preview.data ? (
          <Skeleton lines={4} />
        ) : problems.length > 0 ? (
          problems.map((p) => (
            <p key={p.path} className="wrong" role="alert">
              {say(p.text)}
            </p>
          ))
        ) : (
          <table className="imports-table">
            <tbody>
              {preview.data.rows.map((row) => (
                <Became key={row.line} row={row} />
              ))}
            </tbody>
          </table>
        )}
      </section>
      <section>
        <label>
          <h3>{t('basis')}</h3>
          <Input value={basis} maxLength={60} placeholder={t('basisExample')} onChange={(event) => setBasis(event.target.value)} />
        </label>
        <p className="note">{t('basisHint')}</p>
      </section>
      {begin.error && <ErrorBox error={begin.error} onRetry={() => begin.mutate()} />}
      <div className="imports-do">
        <Button type="primary" disabled={left > 0 || !preview.data || problems.length > 0} loading={begin.isPending} onClick={() => begin.mutate()}>
          {t('start')}
        </Button>
        <Button onClick={onClose}>{t('back')}</Button>
      </div>
    </div>
  )
}

function Became({ row }: { row: ImportRow }) {
  const t = useWords()
  const say = useSay()
  const moment = useMoment()
  return (
    <tr>
      <td className="nowrap">{t('line', { n: row.line })}</td>
      <td>{row.who.map((w) => w.value).join(' · ')}</td>
      <td>
        {row.events.map((e, i) => (
          <div key={i}>
            <b>{say(e.name)}</b> {e.says.map((s) => say(s)).join(' · ')} <span className="note">{formatAt(new Date(e.at), moment)}</span>
          </div>
        ))}
        {row.why && (
          <div className="wrong">
            {t(row.events.length > 0 ? 'partly' : 'not')}
            {row.why.field ? `${row.why.field} ` : ''}
            {say(row.why.text)}
          </div>
        )}
      </td>
    </tr>
  )
}
