import { Link } from '@tanstack/react-router'
import { Button, Input, InputNumber, Modal, Radio, Select } from 'antd'
import { useState } from 'react'
import type { Choice, DraftShape, LayerForm, LayerLine } from '../../../../../client/programmes'
import type { Draft } from '../../../../../client/rules'
import { useSay } from '../../../../../ui/i18n'
import { ErrorBox } from '../../../../../ui/states'
import { Both, Line } from '../fields'
import { RuleField } from '../RuleField'
import { useUnsaved } from '../Unsaved'
import { dropLayer, saveLayer } from './programmes'
import { useSave } from './useSave'
import { Said, useTry } from './useTry'
import { useWords } from './words'

/** EditLayers are the layers of attention: name and rule of each, and what its people get, how often and from whom. */
export function EditLayers({ draft, editor, shape }: { draft: Draft; editor: boolean; shape: DraftShape }) {
  const t = useWords()
  const say = useSay()
  const [open, setOpen] = useState<LayerLine | 'new'>()
  const often = useOften(shape.settings)
  return (
    <section className="panel box" aria-label={t('s_layers')}>
      <h2>{t('s_layers')}</h2>
      <p className="note">{t('layersHint')}</p>
      {shape.layers.length === 0 && <p className="unknown">{t('noLayers')}</p>}
      <div className="target-cards">
        {shape.layers.map((layer) => (
          <section key={layer.tag} className="target-card" aria-label={say(layer.name) || layer.tag}>
            <h3>
              {say(layer.name) || layer.tag} <code className="note">{layer.tag}</code>
            </h3>
            <p>{say(layer.gets)}</p>
            <p className="programme-facts note">
              <span>{often(layer.every)}</span>
              <span>{t('layerBy', { who: nameOf(shape.by, layer.by, say) })}</span>
              <span>{layer.channels.map((one) => nameOf(shape.channels, one, say)).join(t('listComma'))}</span>
            </p>
            <p className="note">{layer.source}</p>
            {editor && (
              <Button size="small" className="fit" aria-label={t('changeOf', { name: say(layer.name) || layer.tag })} onClick={() => setOpen(layer)}>
                {t('change')}
              </Button>
            )}
          </section>
        ))}
      </div>
      {editor && (
        <div className="row">
          <Button disabled={shape.free.length === 0} onClick={() => setOpen('new')}>
            {t('addLayer')}
          </Button>
          {shape.free.length === 0 && <span className="note">{t('noFree')}</span>}
          <Link to="/draft/new" search={{ programme: draft.programme }}>
            {t('newTagFor')}
          </Link>
        </div>
      )}
      {open && <LayerModal draft={draft} shape={shape} layer={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} />}
    </section>
  )
}

const nameOf = (all: readonly Choice[], key: string, say: ReturnType<typeof useSay>) => say(all.find((one) => one.key === key)?.text) || key

/** useOften says 7d, or the setting it comes from, as people read it. */
function useOften(settings: readonly Choice[]) {
  const t = useWords()
  const say = useSay()
  return (every: string) => {
    const days = /^(\d+)d$/.exec(every)?.[1]
    return days ? t('layerEvery', { n: days }) : t('layerEverySetting', { name: nameOf(settings, every, say) })
  }
}

const blank: LayerForm = { name: { zh: '', en: '' }, when: '', gets: { zh: '', en: '' }, every: '7d', by: 'owner', channels: ['phone'], source: '' }

function LayerModal({ draft, shape, layer, onClose }: { draft: Draft; shape: DraftShape; layer?: LayerLine; onClose: () => void }) {
  const t = useWords()
  const say = useSay()
  const [tag, setTag] = useState(layer?.tag ?? shape.free[0]?.key ?? '')
  const [start] = useState<LayerForm>(() => (layer ? formOf(layer) : blank))
  const [form, setForm] = useState(start)
  const set = (change: Partial<LayerForm>) => setForm({ ...form, ...change })
  const dirty = JSON.stringify(form) !== JSON.stringify(start)
  const forget = useUnsaved(dirty)
  const whole = form.gets.zh.trim() !== '' && form.gets.en.trim() !== '' && form.every !== '' && form.channels.length > 0 && form.source.trim() !== '' && (!layer || (form.name.zh.trim() !== '' && form.name.en.trim() !== ''))
  const tried = useTry(draft, `layers/${encodeURIComponent(tag)}`, form, dirty && whole)
  const done = () => {
    forget()
    onClose()
  }
  const save = useSave(draft.programme, (value: LayerForm, revision) => saveLayer(draft.programme, tag, value, revision), done)
  const drop = useSave(draft.programme, (_: null, revision) => dropLayer(draft.programme, tag, revision), done)
  const usable = draft.exists && draft.sound
  const days = /^(\d+)d$/.exec(form.every)?.[1]
  return (
    <Modal open mask={{ closable: false }} keyboard={false} width={820} title={layer ? t('changeOf', { name: say(layer.name) || layer.tag }) : t('addLayer')} okText={t('save')} okButtonProps={{ loading: save.isPending, disabled: !dirty || !whole }} onOk={() => save.mutate(form)} onCancel={onClose} destroyOnHidden>
      <div className="edit-form">
        {layer ? (
          <>
            <Both label={t('nameWord')} value={form.name} onValue={(name) => set({ name })} />
            {layer.coded ? (
              <p className="note">{t('layerCoded')}</p>
            ) : (
              <RuleField label={t('whenLayer')} kind="bool" programme={draft.programme} draft={usable} value={form.when} onChange={(when) => set({ when })} />
            )}
            <Link to="/draft/tags/$key" params={{ key: layer.tag }} search={{ programme: draft.programme }}>
              {t('layerTag')}
            </Link>
          </>
        ) : (
          <Line label={t('layerOf')} hint={t('layerOfHint')}>
            <Select className="template" aria-label={t('layerOf')} value={tag} onChange={setTag} options={shape.free.map(({ key, text }) => ({ value: key, label: say(text) || key }))} />
          </Line>
        )}
        <Both label={t('layerGets')} long value={form.gets} onValue={(gets) => set({ gets })} />
        <Line label={t('layerOften')}>
          <span className="row">
            <Radio.Group aria-label={t('layerOften')} value={days ? 'days' : 'setting'} onChange={(event) => set({ every: event.target.value === 'days' ? '7d' : (shape.settings[0]?.key ?? '') })}>
              <Radio value="days">{t('daysHere')}</Radio>
              <Radio value="setting" disabled={shape.settings.length === 0}>
                {t('daysSetting')}
              </Radio>
            </Radio.Group>
            {days ? (
              <span className="amount">
                <InputNumber min={1} max={366} precision={0} value={Number(days)} aria-label={t('daysHere')} onChange={(value) => value && set({ every: `${value}d` })} />
                <span className="note">{t('daysUnit')}</span>
              </span>
            ) : (
              <Select className="template" aria-label={t('daysSetting')} value={form.every || null} popupMatchSelectWidth={false} onChange={(every: string | null) => set({ every: every ?? '' })} options={shape.settings.map(({ key, text }) => ({ value: key, label: say(text) || key }))} />
            )}
          </span>
        </Line>
        <div className="pair">
          <Line label={t('layerOwner')}>
            <Select aria-label={t('layerOwner')} value={form.by} onChange={(by) => set({ by })} options={shape.by.map(({ key, text }) => ({ value: key, label: say(text) }))} />
          </Line>
          <Line label={t('layerChannels')} hint={t('firstPreferred')}>
            <Select mode="multiple" aria-label={t('layerChannels')} value={form.channels} onChange={(channels) => set({ channels })} options={shape.channels.map(({ key, text }) => ({ value: key, label: say(text) }))} />
          </Line>
        </div>
        <Line label={t('s_journeys')}>
          <Select mode="multiple" aria-label={t('s_journeys')} value={form.journeys ?? []} optionFilterProp="label" onChange={(journeys: string[]) => set({ journeys: journeys.length ? journeys : undefined })} options={shape.journeys.map(({ key, text }) => ({ value: key, label: say(text) || key }))} />
        </Line>
        <Line label={t('h_source')} hint={t('sourceHint')}>
          <Input value={form.source} maxLength={400} aria-label={t('h_source')} onChange={(event) => set({ source: event.target.value })} />
        </Line>
        <Said tried={tried} />
        {(save.error ?? drop.error) && <ErrorBox error={save.error ?? drop.error} />}
        {layer && (
          <Button danger className="fit" loading={drop.isPending} onClick={() => drop.mutate(null)}>
            {t('takeOut')}
          </Button>
        )}
      </div>
    </Modal>
  )
}

const formOf = ({ tag: _tag, coded: _coded, ...form }: LayerLine): LayerForm => form
