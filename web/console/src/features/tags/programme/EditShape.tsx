import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Input } from 'antd'
import type { DraftShape, GroupLine } from '../../../../../client/programmes'
import type { Draft } from '../../../../../client/rules'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { useTyped } from '../Unsaved'
import { EditLayers } from './EditLayers'
import { EditRuleWords } from './EditRuleWords'
import { saveGroups, shapeQuery } from './programmes'
import { useSave } from './useSave'
import { Said, useTry } from './useTry'
import { useWords } from './words'

/** EditShape is how a draft orders its people and its rules: the headings of tags, the layers of attention, the words. */
export function EditShape({ draft, editor }: { draft: Draft; editor: boolean }) {
  const shape = useQuery(shapeQuery(draft.programme))
  if (shape.error) return <ErrorBox error={shape.error} onRetry={() => void shape.refetch()} />
  if (!shape.data) return <Skeleton lines={12} />
  return (
    <div className="edit-parts">
      <EditLayers draft={draft} editor={editor} shape={shape.data} />
      <Groups draft={draft} editor={editor} shape={shape.data} />
      <EditRuleWords draft={draft} editor={editor} shape={shape.data} />
    </div>
  )
}

const formOf = ({ key, name, exclusive }: GroupLine) => ({ key, name, exclusive: exclusive || undefined })

function Groups({ draft, editor, shape }: { draft: Draft; editor: boolean; shape: DraftShape }) {
  const t = useWords()
  const say = useSay()
  const { value: all, setValue: setAll, kept, dirty, saved, undo } = useTyped(shape.groups.filter(({ part }) => !part).map(formOf))
  const counted = new Map(shape.groups.map(({ key, tags }) => [key, tags]))
  const shared = shape.groups.filter(({ part }) => part)
  const whole = all.every(({ key, name }) => /^[a-z][a-z0-9_-]*$/.test(key) && name.zh.trim() !== '' && name.en.trim() !== '')
  const tried = useTry(draft, 'groups', { groups: all }, editor && dirty && whole)
  const save = useSave(draft.programme, (groups: typeof all, revision) => saveGroups(draft.programme, groups, revision), saved)
  const put = (at: number, change: Partial<(typeof all)[number]>) => setAll(all.map((one, i) => (i === at ? { ...one, ...change } : one)))
  const move = (at: number, by: number) => {
    const next = [...all]
    const [one] = next.splice(at, 1)
    if (one) next.splice(at + by, 0, one)
    setAll(next)
  }
  return (
    <section className="panel box" aria-label={t('s_groups')}>
      <h2>{t('s_groups')}</h2>
      <p className="note">{t('groupsHint')}</p>
      {all.length === 0 && <p className="unknown">{t('noGroups')}</p>}
      <ul className="group-rows">
        {all.map((group, i) => {
          const name = say(group.name) || group.key || t('nth', { n: i + 1 })
          const n = counted.get(group.key) ?? 0
          return (
            <li key={i} className="group-row">
              <Input className="group-key" value={group.key} maxLength={40} disabled={!editor || kept.some(({ key }) => key === group.key)} aria-label={t('ofWhich', { what: t('keyWord'), name })} onChange={(event) => put(i, { key: event.target.value.trim() })} />
              <Input lang="zh-CN" value={group.name.zh} disabled={!editor} aria-label={t('ofWhich', { what: t('zh'), name })} placeholder={t('zh')} onChange={(event) => put(i, { name: { ...group.name, zh: event.target.value } })} />
              <Input lang="en" value={group.name.en} disabled={!editor} aria-label={t('ofWhich', { what: t('en'), name })} placeholder={t('en')} onChange={(event) => put(i, { name: { ...group.name, en: event.target.value } })} />
              <Checkbox checked={group.exclusive ?? false} disabled={!editor} onChange={(event) => put(i, { exclusive: event.target.checked || undefined })}>
                {t('exclusive')}
              </Checkbox>
              <span className="note nowrap">{t('tagsUnder', { n })}</span>
              {editor && (
                <span className="row">
                  <Button size="small" disabled={i === 0} aria-label={t('upOf', { name })} onClick={() => move(i, -1)}>
                    {t('up')}
                  </Button>
                  <Button size="small" disabled={i === all.length - 1} aria-label={t('downOf', { name })} onClick={() => move(i, 1)}>
                    {t('down')}
                  </Button>
                  <Button size="small" danger disabled={n > 0} title={n > 0 ? t('groupInUse', { n }) : undefined} aria-label={t('takeOutOf', { name })} onClick={() => setAll(all.filter((_, at) => at !== i))}>
                    {t('takeOut')}
                  </Button>
                </span>
              )}
            </li>
          )
        })}
      </ul>
      {shared.length > 0 && <p className="note">{t('groupsOfParts', { names: shared.map(({ name, key }) => say(name) || key).join(t('listComma')) })}</p>}
      <Said tried={tried} />
      {save.error && <ErrorBox error={save.error} />}
      {editor && (
        <div className="row">
          <Button onClick={() => setAll([...all, { key: '', name: { zh: '', en: '' }, exclusive: undefined }])}>{t('addGroup')}</Button>
          <Button type="primary" disabled={!dirty || !whole} loading={save.isPending} onClick={() => save.mutate(all)}>
            {t('saveGroups')}
          </Button>
          {dirty && <Button onClick={undo}>{t('undo')}</Button>}
          {dirty && !whole && <span className="note">{t('groupWhole')}</span>}
          {save.isSuccess && !dirty && <span role="status">{t('saved')}</span>}
        </div>
      )}
    </section>
  )
}
