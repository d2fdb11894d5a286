import { useQuery } from '@tanstack/react-query'
import { Button, Input } from 'antd'
import { useState } from 'react'
import type { StageForm } from '../../../../../client/programmes'
import type { Draft } from '../../../../../client/rules'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { Both, Line } from '../fields'
import { RuleField } from '../RuleField'
import { useTyped } from '../Unsaved'
import { saveStages, stagesQuery } from './programmes'
import { useSave } from './useSave'
import { useWords } from './words'

/** EditStages are the rungs of the ladder: moved up and down, each with its words and its rule. */
export function EditStages({ draft, editor }: { draft: Draft; editor: boolean }) {
  const stages = useQuery(stagesQuery(draft.programme))
  if (stages.error) return <ErrorBox error={stages.error} onRetry={() => void stages.refetch()} />
  if (!stages.data) return <Skeleton lines={10} />
  return <Ladder draft={draft} editor={editor} start={stages.data.stages} />
}

function Ladder({ draft, editor, start }: { draft: Draft; editor: boolean; start: readonly StageForm[] }) {
  const t = useWords()
  const say = useSay()
  const { value: all, setValue: setAll, kept, dirty, saved, undo } = useTyped<readonly StageForm[]>(start)
  const [open, setOpen] = useState<number>()
  const save = useSave(draft.programme, (stages: readonly StageForm[], revision) => saveStages(draft.programme, stages, revision), saved)
  const put = (at: number, stage: StageForm) => setAll(all.map((one, i) => (i === at ? stage : one)))
  const move = (at: number, by: number) => {
    const next = [...all]
    const [one] = next.splice(at, 1)
    if (one) next.splice(at + by, 0, one)
    setAll(next)
    setOpen(undefined)
  }
  return (
    <section className="panel box" aria-label={t('s_stages')}>
      <p className="note">{t('ladderHint')}</p>
      <ol className="ladder edit-ladder">
        {all.map((stage, i) => (
          <li key={`${stage.key} ${i}`}>
            <div className="rung">
              <h3>
                {say(stage.name) || stage.key} <code className="note">{stage.key}</code>
              </h3>
              {editor && (
                <span className="row">
                  <Button size="small" disabled={i === 0} aria-label={t('upOf', { name: say(stage.name) })} onClick={() => move(i, -1)}>
                    {t('up')}
                  </Button>
                  <Button size="small" disabled={i === all.length - 1} aria-label={t('downOf', { name: say(stage.name) })} onClick={() => move(i, 1)}>
                    {t('down')}
                  </Button>
                  <Button size="small" aria-expanded={open === i} aria-label={t('changeOf', { name: say(stage.name) })} onClick={() => setOpen(open === i ? undefined : i)}>
                    {t(open === i ? 'fold' : 'change')}
                  </Button>
                </span>
              )}
            </div>
            {open === i ? <StageFields draft={draft} stage={stage} fresh={!kept.some(({ key }) => key === stage.key)} onStage={(next) => put(i, next)} onRemove={() => { setAll(all.filter((_, at) => at !== i)); setOpen(undefined) }} /> : <p>{say(stage.plain)}</p>}
          </li>
        ))}
      </ol>
      {save.error && <ErrorBox error={save.error} />}
      {editor && (
        <div className="row">
          <Button onClick={() => { setAll([{ key: `stage_${all.length + 1}`, name: { zh: '', en: '' }, plain: { zh: '', en: '' }, when: '', source: '' }, ...all]); setOpen(0) }}>{t('addStage')}</Button>
          <Button type="primary" disabled={!dirty} loading={save.isPending} onClick={() => save.mutate(all)}>
            {t('saveStages')}
          </Button>
          {dirty && <Button onClick={undo}>{t('undo')}</Button>}
        </div>
      )}
    </section>
  )
}

function StageFields({ draft, stage, fresh, onStage, onRemove }: { draft: Draft; stage: StageForm; fresh: boolean; onStage: (stage: StageForm) => void; onRemove: () => void }) {
  const t = useWords()
  const usable = draft.exists && draft.sound
  return (
    <div className="edit-form">
      {fresh && (
        <Line label={t('keyWord')} hint={t('keyHint')}>
          <Input className="short" value={stage.key} maxLength={40} aria-label={t('keyWord')} onChange={(event) => onStage({ ...stage, key: event.target.value })} />
        </Line>
      )}
      <Both label={t('nameWord')} value={stage.name} onValue={(name) => onStage({ ...stage, name })} />
      <Both label={t('plainWord')} long value={stage.plain} onValue={(plain) => onStage({ ...stage, plain })} />
      <RuleField label={t('whenStage')} kind="bool" programme={draft.programme} draft={usable} value={stage.when} onChange={(when) => onStage({ ...stage, when })} />
      <RuleField label={t('stayStage')} hint={t('stayHint')} kind="bool" programme={draft.programme} draft={usable} value={stage.stay ?? ''} onChange={(stay) => onStage({ ...stage, stay: stay || undefined })} />
      <Line label={t('h_source')}>
        <Input value={stage.source} maxLength={400} aria-label={t('h_source')} onChange={(event) => onStage({ ...stage, source: event.target.value })} />
      </Line>
      <Button danger className="fit" onClick={onRemove}>
        {t('takeOut')}
      </Button>
    </div>
  )
}
