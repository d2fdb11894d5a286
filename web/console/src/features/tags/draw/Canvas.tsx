import { BaseEdge, Controls, EdgeLabelRenderer, type Edge, type EdgeProps, Handle, type Node, type NodeProps, Position, ReactFlow, ReactFlowProvider, useReactFlow } from '@xyflow/react'
import '@xyflow/react/dist/base.css'
import { Button, Dropdown, type MenuProps, Popover } from 'antd'
import { createContext, useContext, useEffect, useMemo, useState } from 'react'
import type { DrawnJourney, DrawnStep, JourneyDo, JourneyKinds, StepFigures } from '../../../../../client/draw'
import { useLanguage, useSay } from '../../../../../ui/i18n'
import { wrapped } from '../programme/graphLayout'
import { beside, place, type Spot, type Way } from './place'
import { useDraw } from './strings'

export interface Drawing {
  journey: DrawnJourney
  kinds: JourneyKinds | undefined
  chosen: string | undefined
  /** The step a test on one person stands in, by id. */
  here?: string
  edits: boolean
  figures?: ReadonlyMap<string, StepFigures>
  onChoose: (at: string) => void
  onAdd?: (at: string, kind: string) => void
  onDo?: (what: JourneyDo, step: DrawnStep) => void
  numbers?: (step: DrawnStep) => React.ReactNode
  compact?: boolean
}

const Given = createContext<Drawing | null>(null)
const useGiven = () => useContext(Given)!

const lineHeight = 18

/** Canvas is a journey drawn from top to bottom. Where things stand is not the author's: it is laid out, so that two versions differ only in what they say. */
export function Canvas(drawing: Drawing) {
  return (
    <ReactFlowProvider>
      <Flow {...drawing} />
    </ReactFlowProvider>
  )
}

const nodeTypes = { start: StartNode, step: StepNode, join: JoinNode, end: EndNode }
const edgeTypes = { way: WayEdge }

function Flow(drawing: Drawing) {
  const { journey, kinds, chosen, figures, numbers, compact } = drawing
  const t = useDraw()
  const say = useSay()
  const language = useLanguage()
  const flow = useReactFlow()
  const placed = useMemo(() => {
    const pick = (text: { zh: string; en: string }) => text[language] || text.zh
    const height = (step: DrawnStep) => {
      const lines = wrapped(pick(step.text), 30, 3).length || 1
      const notes = (step.notes ?? []).slice(0, 2).reduce((sum, note) => sum + wrapped(pick(note), 34, 2).length, 0)
      const f = figures?.get(step.id)
      const shown = f && numbers ? 24 * Math.max(1, Math.ceil([f.waiting, f.passed, f.sent, f.held, f.failed, f.open, f.done].filter(Boolean).length / 2) + f.suppressed.length) + 6 : 0 // two numbers a line; a reason has one of its own
      const wrong = journey.problems.filter(({ at }) => at === step.at).length > 0 ? 22 : 0
      return 34 + lineHeight * lines + 16 * notes + shown + wrong + 12
    }
    return place(journey.steps, height)
  }, [journey, language, figures, numbers])
  const kindOf = (key: string) => {
    const kind = kinds?.kinds.find((one) => one.key === key)
    return kind ? say(kind.name) : key || t('kindUnknown')
  }
  const nodes: Node[] = placed.spots.map((spot) => ({
    id: spot.id, type: spot.kind, position: { x: spot.x, y: spot.y }, width: spot.width, height: spot.height, data: { spot }, draggable: false, connectable: false, deletable: false,
    focusable: spot.kind === 'step' || spot.kind === 'start', selectable: spot.kind === 'step' || spot.kind === 'start', selected: spot.id === (chosen === '' ? 'start' : `step:${chosen}`),
    ariaLabel: spot.step ? t('open', { n: spot.step.n, kind: kindOf(spot.step.kind), text: say(spot.step.text) }) : spot.kind === 'start' ? t('settings') : undefined,
  }))
  const edges: Edge[] = placed.ways.map((way) => ({ id: way.id, type: 'way', ariaLabel: t('edge'), source: way.from, target: way.to, data: { way }, focusable: false, selectable: false, deletable: false }))
  const to = (at: string) => {
    drawing.onChoose(at)
    requestAnimationFrame(() => document.querySelector<HTMLElement>(`[data-id="step:${CSS.escape(at)}"]`)?.focus())
  }
  useEffect(() => {
    const spot = placed.spots.find(({ id }) => id === `step:${chosen}`)
    if (spot && !compact) void flow.setCenter(spot.x + spot.width / 2, spot.y + spot.height / 2, { zoom: flow.getZoom(), duration: 0 })
    // Only when another step is chosen: what is being read must not move under the eyes.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [chosen])
  const wide = placed.width + 80
  return (
    <Given value={drawing}>
      <div
        className={compact ? 'draw-canvas draw-compact' : 'draw-canvas'}
        role="region"
        aria-label={t('flowLabel', { name: say(journey.name), n: placed.spots.filter(({ kind }) => kind === 'step').length })}
        onKeyDown={(event) => {
          const at = (event.target as HTMLElement).closest('[data-id^="step:"]')?.getAttribute('data-id')?.slice(5)
          const on = (event.target as HTMLElement).classList.contains('react-flow__node')
          if (!on) return
          if (event.key === 'Enter' || event.key === ' ') {
            event.preventDefault()
            drawing.onChoose(at ?? '')
            return
          }
          if (!event.key.startsWith('Arrow')) return
          event.preventDefault()
          const next = beside(journey.steps, at ?? '', event.key)
          if (next) to(next)
        }}
      >
        <ReactFlow
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          onNodeClick={(_, node) => drawing.onChoose((node.data as { spot: Spot }).spot.step?.at ?? '')}
          nodesDraggable={false}
          nodesConnectable={false}
          edgesFocusable={false}
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          disableKeyboardA11y
          panOnScroll
          zoomOnDoubleClick={false}
          minZoom={0.2}
          maxZoom={1.5}
          defaultViewport={{ x: 20, y: 16, zoom: 1 }}
          onInit={(instance) => {
            const box = document.querySelector(compact ? '.draw-compact' : '.draw-canvas')?.clientWidth ?? 900
            const zoom = Math.min(1, Math.max(compact ? 0.35 : 0.55, box / wide))
            void instance.setViewport({ x: (box - placed.width * zoom) / 2, y: 16, zoom })
          }}
          proOptions={{ hideAttribution: true }}
          ariaLabelConfig={{
            'node.a11yDescription.default': t('flowHelp'), 'node.a11yDescription.keyboardDisabled': t('flowHelp'), 'node.a11yDescription.ariaLiveMessage': () => '', 'edge.a11yDescription.default': t('edge'),
            'controls.ariaLabel': t('controls'), 'controls.zoomIn.ariaLabel': t('zoomIn'), 'controls.zoomOut.ariaLabel': t('zoomOut'), 'controls.fitView.ariaLabel': t('fit'), 'controls.interactive.ariaLabel': t('controls'), 'handle.ariaLabel': t('handle'), 'minimap.ariaLabel': t('fit'),
          }}
        >
          <Controls showInteractive={false} fitViewOptions={{ padding: 0.05 }} />
        </ReactFlow>
      </div>
    </Given>
  )
}

type Stands = NodeProps<Node<{ spot: Spot }>>

const Ends = ({ above = true, below = true }: { above?: boolean; below?: boolean }) => (
  <>
    {above && <Handle type="target" position={Position.Top} isConnectable={false} />}
    {below && <Handle type="source" position={Position.Bottom} isConnectable={false} />}
  </>
)

function StartNode() {
  const { journey } = useGiven()
  const t = useDraw()
  const say = useSay()
  const wrong = journey.problems.some(({ at }) => !at)
  return (
    <div className={wrong ? 'draw-start draw-wrong' : 'draw-start'}>
      <b>{t('enter')}</b>
      <span title={say(journey.enter)}>{say(journey.enter) || '—'}</span>
      <Ends above={false} />
    </div>
  )
}

function JoinNode() {
  return (
    <div className="draw-join">
      <Ends />
    </div>
  )
}

function EndNode() {
  const t = useDraw()
  return (
    <div className="draw-end" title={t('end')}>
      <Ends below={false} />
    </div>
  )
}

function StepNode({ data, selected }: Stands) {
  const { journey, kinds, here, edits, onDo, numbers, compact } = useGiven()
  const t = useDraw()
  const say = useSay()
  const language = useLanguage()
  const step = data.spot.step!
  const kind = kinds?.kinds.find(({ key }) => key === step.kind)
  const problems = journey.problems.filter(({ at }) => at === step.at)
  const pick = (text: { zh: string; en: string }) => text[language] || text.zh
  const branches = kind?.ways !== undefined
  const items: MenuProps['items'] = [
    { key: 'up', label: t('up') },
    { key: 'down', label: t('down') },
    { key: 'copy', label: t('copy') },
    ...(branches ? [{ key: 'add_way', label: t('addWay') }] : []),
    { type: 'divider' as const },
    { key: 'remove', label: t('remove'), danger: true },
  ]
  const look = ['draw-step', `draw-${step.kind}`, selected && 'draw-chosen', problems.length > 0 && 'draw-wrong', here === step.id && 'draw-here', journey.draft && step.change !== 'same' && `draw-${step.change}`].filter(Boolean).join(' ')
  return (
    <div className={look}>
      <header>
        <span className="draw-n">{step.n}</span>
        <span className="draw-kind">{kind ? say(kind.name) : step.kind || t('kindUnknown')}</span>
        {journey.draft && journey.inForce && (step.change === 'added' || step.change === 'changed') && <span className="badge">{t(`change_${step.change}`)}</span>}
        {edits && onDo && !compact && (
          <Dropdown menu={{ items, onClick: ({ key, domEvent }) => { domEvent.stopPropagation(); onDo(key as JourneyDo, step) } }} trigger={['click']}>
            <button type="button" className="draw-menu nodrag nopan" aria-label={t('menu', { n: step.n })} onClick={(event) => event.stopPropagation()}>
              ⋯
            </button>
          </Dropdown>
        )}
      </header>
      <p className="draw-text">{wrapped(pick(step.text), 30, 3).map((line, i) => <span key={i}>{line}</span>)}</p>
      {(step.notes ?? []).slice(0, 2).map((note, i) => (
        <p key={i} className="draw-note">
          {wrapped(pick(note), 34, 2).map((line, k) => <span key={k}>{line}</span>)}
        </p>
      ))}
      {numbers?.(step)}
      {problems.length > 0 && (
        <p className="draw-problem" title={problems.map(({ text }) => say(text)).join('\n')}>
          ! {say(problems[0]!.text)}
        </p>
      )}
      <Ends />
    </div>
  )
}

function WayEdge({ data, id }: EdgeProps<Edge<{ way: Way }>>) {
  const { edits, onAdd, compact } = useGiven()
  const t = useDraw()
  const language = useLanguage()
  const way = data!.way
  const path = way.points.map(([x, y], i) => `${i === 0 ? 'M' : 'L'}${x} ${y}`).join(' ')
  const [low, lower] = [way.points.at(-2)!, way.points.at(-1)!]
  // A line that only goes past has its plus on the part that goes down.
  const down = way.points.length === 6 ? [way.points[2]!, way.points[3]!] : way.points.length === 4 && way.id.startsWith('tail') ? [way.points[0]!, way.points[1]!] : [low, lower]
  const x = down[0]![0]
  const y = way.way && way.points.length === 4 ? lower[1] - 16 : (down[0]![1] + down[1]![1]) / 2
  const label = way.way && (way.way.text[language] || way.way.text.zh)
  return (
    <>
      <BaseEdge id={id} path={path} className="draw-line" />
      <EdgeLabelRenderer>
        {label && (
          <div className="draw-side" style={{ transform: `translate(-50%, 0) translate(${way.points[2]![0]}px, ${way.points[2]![1] + 3}px)` }} title={label}>
            {wrapped(label, 26, 1)[0]}
          </div>
        )}
        {edits && onAdd && !compact && (
          <div className="draw-plus nodrag nopan" style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}>
            <Palette label={way.after === 0 ? t('addFirst') : t('addAt', { n: way.after })} onPick={(kind) => onAdd(way.add, kind)} />
          </div>
        )}
      </EdgeLabelRenderer>
    </>
  )
}

/** Palette is every kind of step the language has, under its headings. */
function Palette({ label, onPick }: { label: string; onPick: (kind: string) => void }) {
  const { kinds } = useGiven()
  const t = useDraw()
  const say = useSay()
  const [open, setOpen] = useState(false)
  const content = (
    <div className="draw-palette" role="menu" aria-label={t('palette')}>
      {(kinds?.groups ?? []).map((group) => (
        <section key={group.key}>
          <h4>{say(group.text)}</h4>
          {kinds!.kinds.filter((kind) => kind.group === group.key).map((kind) => (
            <button key={kind.key} type="button" role="menuitem" onClick={() => { setOpen(false); onPick(kind.key) }}>
              <b>{say(kind.name)}</b>
              <span>{say(kind.text)}</span>
            </button>
          ))}
        </section>
      ))}
    </div>
  )
  return (
    <Popover content={content} title={label} trigger="click" open={open} onOpenChange={setOpen} placement="right" destroyOnHidden>
      <Button size="small" shape="circle" aria-label={label} className="draw-add">
        +
      </Button>
    </Popover>
  )
}
