import { useQuery } from '@tanstack/react-query'
import { Button, Checkbox, Input, InputNumber, Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import type { Approval, DraftNumbers, Limit, LimitKey, Quantity, SettingForm, SettingLine, TargetForm, TargetLine } from '../../../../../client/programmes'
import type { Draft } from '../../../../../client/rules'
import type { Text } from '../../../../../client/types'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox, Skeleton } from '../../../../../ui/states'
import { useKeep } from '../../../layout/keep'
import { Both, Line } from '../fields'
import { useTyped } from '../Unsaved'
import { Source, useLimit } from './Numbers'
import { dropSetting, dropTarget, numbersQuery, saveHead, saveSetting, saveTarget } from './programmes'
import { unitWords } from './units'
import { useSave } from './useSave'
import { useApproved, useWords } from './words'

/** EditNumbers are the name, who signed, the targets and the settings of a draft, each changed in a form of its own. */
export function EditNumbers({ draft, editor }: { draft: Draft; editor: boolean }) {
  const numbers = useQuery(numbersQuery(draft.programme))
  if (numbers.error) return <ErrorBox error={numbers.error} onRetry={() => void numbers.refetch()} />
  if (!numbers.data) return <Skeleton lines={10} />
  return (
    <div className="edit-parts">
      <HeadPart draft={draft} numbers={numbers.data} editor={editor} />
      <TargetsPart draft={draft} numbers={numbers.data} editor={editor} />
      <SettingsPart draft={draft} numbers={numbers.data} editor={editor} />
    </div>
  )
}

function HeadPart({ draft, numbers, editor }: { draft: Draft; numbers: DraftNumbers; editor: boolean }) {
  const t = useWords()
  const head = useTyped<{ name: Text; approval: Approval }>({ name: numbers.name, approval: numbers.approval })
  const save = useSave(draft.programme, (value: { name: Text; approval: Approval }, revision) => saveHead(draft.programme, value, revision), head.saved)
  return (
    <section className="panel box" aria-label={t('headPart')}>
      <h2>{t('headPart')}</h2>
      <fieldset disabled={!editor} className="plain-set">
        <Both label={t('nameWord')} value={head.value.name} onValue={(name) => head.setValue({ ...head.value, name })} />
        <ApprovalFields value={head.value.approval} onValue={(approval) => head.setValue({ ...head.value, approval })} />
      </fieldset>
      {save.error && <ErrorBox error={save.error} />}
      {editor && (
        <Button className="fit" disabled={!head.dirty} loading={save.isPending} onClick={() => save.mutate(head.value)}>
          {t('save')}
        </Button>
      )}
    </section>
  )
}

/** ApprovalFields are who answers for it, since when and where that is written down; or that nobody does yet. */
export function ApprovalFields({ value, onValue }: { value: Approval; onValue: (value: Approval) => void }) {
  const t = useWords()
  const field = (key: 'by' | 'at' | 'document', hint: string) => <Input className="short" value={value[key] ?? ''} placeholder={hint} aria-label={hint} maxLength={80} onChange={(event) => onValue({ ...value, [key]: event.target.value })} />
  return (
    <Line label={t('approval')}>
      <Radio.Group aria-label={t('approval')} value={value.sample} onChange={(event) => onValue(event.target.value ? { sample: true } : { ...value, sample: false })}>
        <Radio value={true}>{t('sample')}</Radio>
        <Radio value={false}>{t('signedBy')}</Radio>
      </Radio.Group>
      {!value.sample && (
        <div className="row">
          {field('by', t('by'))}
          {field('at', t('atDay'))}
          {field('document', t('document'))}
        </div>
      )}
    </Line>
  )
}

function TargetsPart({ draft, numbers, editor }: { draft: Draft; numbers: DraftNumbers; editor: boolean }) {
  const t = useWords()
  const say = useSay()
  const limit = useLimit()
  const approved = useApproved()
  const [open, setOpen] = useState<TargetLine | 'new'>()
  const names = new Map(numbers.limits.map(({ key, name }) => [key, name]))
  return (
    <section className="panel box" aria-label={t('s_targets')}>
      <h2>{t('s_targets')}</h2>
      {numbers.targets.length === 0 && <p className="unknown">{t('noTargets')}</p>}
      <div className="target-cards">
        {numbers.targets.map((target) => (
          <section key={target.key} className="target-card" aria-label={say(target.name)}>
            <h3>
              {say(target.name)} <code className="note">{target.key}</code> {target.default && <span className="badge">{t('defaultTarget')}</span>}
            </h3>
            <dl className="limits">
              {target.limits.map((one) => (
                <div key={one.key}>
                  <dt>{say(names.get(one.key))}</dt>
                  <dd>{limit(one)}</dd>
                </div>
              ))}
            </dl>
            <Source text={target.source} unsure={target.marked} />
            {target.approval && <p className="note">{approved(target.approval)}</p>}
            {editor && (
              <Button size="small" className="fit" onClick={() => setOpen(target)}>
                {t('change')}
              </Button>
            )}
          </section>
        ))}
      </div>
      {editor && (
        <Button className="fit" onClick={() => setOpen('new')}>
          {t('addTarget')}
        </Button>
      )}
      {open && <TargetModal draft={draft} target={open === 'new' ? undefined : open} keys={numbers.limits} onClose={() => setOpen(undefined)} />}
    </section>
  )
}

function TargetModal({ draft, target, keys, onClose }: { draft: Draft; target?: TargetLine; keys: readonly LimitKey[]; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const [key, setKey] = useState(target?.key ?? '')
  const [form, setForm] = useState<TargetForm>(target ? { name: target.name, limits: target.limits, source: target.source, approval: target.approval, default: target.default } : { name: { zh: '', en: '' }, limits: [], source: '' })
  const save = useSave(draft.programme, (value: TargetForm, revision) => saveTarget(draft.programme, key, value, revision), onClose)
  const drop = useSave(draft.programme, (_: null, revision) => dropTarget(draft.programme, key, revision), onClose)
  const typed = JSON.stringify([key, form])
  const [clean] = useState(typed)
  const cancel = useKeep(() => typed !== clean, onClose)
  const set = (one: Limit) => {
    const rest = form.limits.filter((limit) => limit.key !== one.key)
    setForm({ ...form, limits: one.low || one.high || one.below ? [...rest, one] : rest })
  }
  return (
    <Modal open mask={{ closable: false }} keyboard={false} width={760} title={target ? t('changeOf', { name: say(target.name) }) : t('addTarget')} okText={t('save')} okButtonProps={{ loading: save.isPending, disabled: !key }} onOk={() => save.mutate(form)} onCancel={cancel} destroyOnHidden>
      <div className="edit-form">
        {!target && (
          <Line label={t('keyWord')} hint={t('keyHint')}>
            <Input className="short" value={key} maxLength={40} aria-label={t('keyWord')} onChange={(event) => setKey(event.target.value)} />
          </Line>
        )}
        <Both label={t('nameWord')} value={form.name} onValue={(name) => setForm({ ...form, name })} />
        <table className="doc-table limit-table">
          <thead>
            <tr>
              <th scope="col">{t('h_limit')}</th>
              <th scope="col">{t('h_low')}</th>
              <th scope="col">{t('h_top')}</th>
              <th scope="col">{t('h_kind')}</th>
            </tr>
          </thead>
          <tbody>
            {keys.map((one) => (
              <LimitRow key={one.key} of={one} value={form.limits.find((limit) => limit.key === one.key) ?? { key: one.key }} onValue={set} />
            ))}
          </tbody>
        </table>
        <Line label={t('h_source')} hint={t('sourceHint')}>
          <Input value={form.source} maxLength={400} aria-label={t('h_source')} onChange={(event) => setForm({ ...form, source: event.target.value })} />
        </Line>
        {form.approval && <ApprovalFields value={form.approval} onValue={(approval) => setForm({ ...form, approval })} />}
        <Checkbox checked={form.default ?? false} disabled={target?.default} onChange={(event) => setForm({ ...form, default: event.target.checked })}>
          {t('makeDefault')}
        </Checkbox>
        {(save.error ?? drop.error) && <ErrorBox error={save.error ?? drop.error} />}
        {target && !target.default && (
          <Button danger className="fit" loading={drop.isPending} onClick={() => drop.mutate(null)}>
            {t('takeOut')}
          </Button>
        )}
      </div>
    </Modal>
  )
}

function LimitRow({ of, value, onValue }: { of: LimitKey; value: Limit; onValue: (value: Limit) => void }) {
  const t = useWords()
  const say = useSay()
  const top = value.high ?? value.below
  return (
    <tr>
      <th scope="row">{say(of.name)}</th>
      <td>
        <Amount of={of} value={value.low} label={`${say(of.name)} ${t('h_low')}`} onValue={(low) => onValue({ ...value, low })} />
      </td>
      <td>
        <Amount of={of} value={top} label={`${say(of.name)} ${t('h_top')}`} onValue={(next) => onValue({ ...value, high: value.below ? undefined : next, below: value.below ? next : undefined })} />
      </td>
      <td>
        <Select
          size="small"
          disabled={!top}
          aria-label={`${say(of.name)} ${t('h_kind')}`}
          value={value.below ? 'below' : 'high'}
          onChange={(kind) => onValue({ ...value, high: kind === 'high' ? top : undefined, below: kind === 'below' ? top : undefined })}
          options={[
            { value: 'high', label: t('topIn') },
            { value: 'below', label: t('topOut') },
          ]}
        />
      </td>
    </tr>
  )
}

/** Amount is a number with its unit; between which numbers it makes sense comes from the server. */
function Amount({ of, value, label, onValue }: { of: LimitKey; value?: Quantity; label: string; onValue: (value: Quantity | undefined) => void }) {
  const t = useWords()
  const unit = value?.unit ?? of.units[0]?.unit ?? ''
  const bound = of.units.find((one) => one.unit === unit)
  const out = value && bound && (value.value < bound.min || value.value > bound.max)
  return (
    <span className="amount">
      <InputNumber size="small" value={value?.value ?? null} aria-label={label} status={out ? 'error' : undefined} onChange={(next) => onValue(next === null ? undefined : { value: next, unit })} />
      {of.units.length > 1 ? (
        <Select size="small" aria-label={t('unitOf', { name: label })} value={unit} disabled={!value} onChange={(next) => value && onValue({ ...value, unit: next })} options={of.units.map((one) => ({ value: one.unit }))} />
      ) : (
        <span className="note">{unit}</span>
      )}
      {out && (
        <span className="wrong" role="alert">
          {t('between', { min: bound.min, max: bound.max })}
        </span>
      )}
    </span>
  )
}

function SettingsPart({ draft, numbers, editor }: { draft: Draft; numbers: DraftNumbers; editor: boolean }) {
  const t = useWords()
  const say = useSay()
  const [open, setOpen] = useState<SettingLine | 'new'>()
  return (
    <section className="panel box" aria-label={t('s_settings')}>
      <h2>{t('s_settings')}</h2>
      <p className="note">{t('settingsHint')}</p>
      <table className="doc-table">
        <thead>
          <tr>
            <th scope="col">{t('h_setting')}</th>
            <th scope="col">{t('h_value')}</th>
            <th scope="col">{t('h_source')}</th>
            <th scope="col">
              <span className="visually-hidden">{t('change')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {numbers.settings.map((one) => (
            <tr key={one.key}>
              <th scope="row">
                {say(one.name)} <code className="note">{one.key}</code>
              </th>
              <td className="nowrap">
                {one.value} {say(unitWords(one.unit))} {one.was && <span className="note">{t('wasValue', { was: one.was })}</span>}
              </td>
              <td>
                <Source text={one.source} unsure={one.marked} />
                {one.part && <p className="note">{t('ofPart', { part: one.part })}</p>}
              </td>
              <td>
                {editor && (
                  <Button size="small" aria-label={t('changeOf', { name: say(one.name) })} onClick={() => setOpen(one)}>
                    {t('change')}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {editor && (
        <Button className="fit" onClick={() => setOpen('new')}>
          {t('addSetting')}
        </Button>
      )}
      {open && <SettingModal draft={draft} setting={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} />}
    </section>
  )
}

function SettingModal({ draft, setting, onClose }: { draft: Draft; setting?: SettingLine; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const [key, setKey] = useState(setting?.key ?? '')
  const [form, setForm] = useState<SettingForm>(setting ? { name: setting.name, value: setting.value, unit: setting.unit, source: setting.source, unsure: setting.unsure } : { name: { zh: '', en: '' }, value: 0, unit: '', source: '' })
  const save = useSave(draft.programme, (value: SettingForm, revision) => saveSetting(draft.programme, key, value, revision), onClose)
  const drop = useSave(draft.programme, (_: null, revision) => dropSetting(draft.programme, key, revision), onClose)
  const typed = JSON.stringify([key, form])
  const [clean] = useState(typed)
  const cancel = useKeep(() => typed !== clean, onClose)
  return (
    <Modal open width={640} title={setting ? t('changeOf', { name: say(setting.name) }) : t('addSetting')} okText={t('save')} okButtonProps={{ loading: save.isPending, disabled: !key || !form.unit.trim() }} onOk={() => save.mutate(form)} onCancel={cancel} destroyOnHidden>
      <div className="edit-form">
        {!setting && (
          <Line label={t('keyWord')} hint={t('keyHint')}>
            <Input className="short" value={key} maxLength={40} aria-label={t('keyWord')} onChange={(event) => setKey(event.target.value)} />
          </Line>
        )}
        {setting?.part && <p className="note">{t('partSetting', { part: setting.part })}</p>}
        <Both label={t('nameWord')} value={form.name} onValue={(name) => setForm({ ...form, name })} />
        <Line label={t('h_value')} hint={t('unitHint')}>
          <span className="amount">
            <InputNumber value={form.value} aria-label={t('h_value')} onChange={(value) => setForm({ ...form, value: value ?? 0 })} />
            <Input className="unit" value={form.unit} maxLength={20} aria-label={t('unitWord')} placeholder={t('unitWord')} onChange={(event) => setForm({ ...form, unit: event.target.value })} />
          </span>
        </Line>
        <Line label={t('h_source')} hint={t('sourceHint')}>
          <Input value={form.source} maxLength={400} aria-label={t('h_source')} onChange={(event) => setForm({ ...form, source: event.target.value })} />
        </Line>
        <Checkbox checked={form.unsure ?? false} onChange={(event) => setForm({ ...form, unsure: event.target.checked || undefined })}>
          {t('markUnsure')}
        </Checkbox>
        {(save.error ?? drop.error) && <ErrorBox error={save.error ?? drop.error} />}
        {setting && !setting.part && (
          <Button danger className="fit" loading={drop.isPending} onClick={() => drop.mutate(null)}>
            {t('takeOut')}
          </Button>
        )}
      </div>
    </Modal>
  )
}
