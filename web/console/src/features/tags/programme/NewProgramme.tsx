import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Button, Input, Select } from 'antd'
import { useRef, useState } from 'react'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { Both, Line } from '../fields'
import { beginProgramme, deskQuery, importNew } from './programmes'
import { useWords } from './words'
import './programme.css'
import '../tags.css'

/** NewProgramme begins one: from another as a template, or from an empty skeleton. It is a draft until it is published. */
export function NewProgramme({ onBegun }: { onBegun: (key: string) => void }) {
  const t = useWords()
  const say = useSay()
  const client = useQueryClient()
  const desk = useQuery(deskQuery)
  const [key, setKey] = useState('')
  const [name, setName] = useState({ zh: '', en: '' })
  const [template, setTemplate] = useState<string>()
  const [prefix, setPrefix] = useState<string>()
  const [tried, setTried] = useState(false)
  const begin = useMutation({
    mutationFn: () => beginProgramme({ key, name, template: template || undefined, prefix: template ? (prefix ?? key) || undefined : undefined }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ['tags', 'desk'] })
      onBegun(key)
    },
  })
  if (desk.error) return <ErrorBox error={desk.error} onRetry={() => void desk.refetch()} />
  if (!desk.data) return <Skeleton lines={8} />
  const badKey = !/^[a-z][a-z0-9_-]{0,39}$/.test(key)
  const badName = !name.zh.trim() || !name.en.trim()
  const go = () => {
    setTried(true)
    if (!badKey && !badName) begin.mutate()
  }
  return (
    <div className="edit-page">
      <header className="programme-head">
        <Link to="/programmes">{t('backToList')}</Link>
        <h1>{t('newProgramme')}</h1>
        <p className="note">{t('newHint')}</p>
      </header>
      <section className="panel box edit-form" aria-label={t('newProgramme')}>
        <Line label={t('template')} hint={t('templateHint')}>
          <Select className="template" aria-label={t('template')} value={template ?? ''} onChange={setTemplate} options={[{ value: '', label: t('skeleton') }, ...desk.data.filter((one) => !one.new).map((one) => ({ value: one.key, label: say(one.name) }))]} />
        </Line>
        <Line label={t('keyWord')} hint={t('keyHint')} wrong={tried && badKey ? t('keyWrong') : undefined}>
          <Input className="short" value={key} maxLength={40} aria-label={t('keyWord')} onChange={(event) => setKey(event.target.value)} />
        </Line>
        <Both label={t('nameWord')} value={name} onValue={setName} wrong={tried && badName ? t('bothNames') : undefined} />
        {template && (
          <Line label={t('prefix')} hint={t('prefixHint')}>
            <Input className="short" value={prefix ?? key} maxLength={20} aria-label={t('prefix')} onChange={(event) => setPrefix(event.target.value)} />
          </Line>
        )}
        {begin.error && <ErrorBox error={begin.error} />}
        <Button type="primary" className="fit" loading={begin.isPending} onClick={go}>
          {t('begin')}
        </Button>
      </section>
      <FromZip onBegun={onBegun} />
    </div>
  )
}

/** FromZip begins one from the zip of a folder; its key is the one the folder names. */
function FromZip({ onBegun }: { onBegun: (key: string) => void }) {
  const t = useWords()
  const client = useQueryClient()
  const input = useRef<HTMLInputElement>(null)
  const bring = useMutation({
    mutationFn: (file: File) => importNew(file),
    onSuccess: (draft) => {
      void client.invalidateQueries({ queryKey: ['tags', 'desk'] })
      onBegun(draft.programme)
    },
  })
  return (
    <section className="panel box edit-form" aria-label={t('fromZip')}>
      <h2>{t('fromZip')}</h2>
      <p className="note">{t('fromZipHint')}</p>
      <input ref={input} type="file" accept=".zip,application/zip" className="visually-hidden" aria-label={t('chooseZip')} tabIndex={-1} onChange={(event) => { const file = event.target.files?.[0]; event.target.value = ''; if (file) bring.mutate(file) }} />
      {bring.error && <ErrorBox error={bring.error} />}
      <Button className="fit" loading={bring.isPending} onClick={() => input.current?.click()}>
        {t('chooseZip')}
      </Button>
    </section>
  )
}
