import { Button, Checkbox, Input, InputNumber, Select } from 'antd'
import { type OptionForm, type QuestionForm, questionTypes, type QuestionType } from '../../../../../client/programmes'
import { Both, Line } from '../fields'
import { useWords } from './words'

/** asks tells whether an item asks something; a heading and a text between questions do not. */
export const asks = ({ type }: { type: QuestionType }): boolean => type !== 'group' && type !== 'display'

/** points are the lowest and the highest sum a questionnaire gives; every question with points is answered once. */
export function points(items: readonly QuestionForm[]): { min: number; max: number } {
  let min = 0
  let max = 0
  for (const { options } of items) {
    const scores = (options ?? []).flatMap(({ score }) => (score === undefined ? [] : [score]))
    if (scores.length === 0) continue
    min += Math.min(...scores)
    max += Math.max(...scores)
  }
  return { min, max }
}

interface Props {
  item: QuestionForm
  editor: boolean
  /** Only a new question chooses its key: answers that were given name it. */
  fresh: boolean
  taken: readonly string[]
  onItem: (item: QuestionForm) => void
  onRemove: () => void
}

/** QuestionFields is one question: what kind it is, its words in both languages, its limits or its answers with their points. */
export function QuestionFields({ item, editor, fresh, taken, onItem, onRemove }: Props) {
  const t = useWords()
  const set = (change: Partial<QuestionForm>) => onItem({ ...item, ...change })
  const numeric = item.type === 'integer' || item.type === 'decimal'
  const kind = (type: QuestionType) => {
    const number = type === 'integer' || type === 'decimal'
    onItem({
      key: item.key,
      type,
      text: item.text,
      required: type === 'group' || type === 'display' ? undefined : item.required,
      repeats: type === 'choice' ? item.repeats : undefined,
      min: number ? item.min : undefined,
      max: number ? item.max : undefined,
      options: type === 'choice' ? (item.options ?? [{ code: 'yes', text: { zh: '是', en: 'Yes' } }, { code: 'no', text: { zh: '否', en: 'No' } }]) : undefined,
    })
  }
  const badKey = !/^[a-z][a-z0-9_-]*$/.test(item.key) ? t('keyWrong') : taken.includes(item.key) ? t('keyTaken') : undefined
  return (
    <div className="edit-form">
      <div className="pair">
        <Line label={t('questionKind')}>
          <Select aria-label={t('questionKind')} value={item.type} disabled={!editor} onChange={kind} options={questionTypes.map((value) => ({ value, label: t(`q_${value}`) }))} />
        </Line>
        <Line label={t('keyWord')} hint={fresh ? t('keyHint') : t('keyKept')} wrong={fresh ? badKey : undefined}>
          <Input value={item.key} maxLength={60} disabled={!fresh || !editor} aria-label={t('keyWord')} onChange={(event) => set({ key: event.target.value.trim() })} />
        </Line>
      </div>
      <Both label={t(asks(item) ? 'questionText' : 'bodyWord')} long value={item.text} onValue={(text) => set({ text })} />
      {asks(item) && (
        <div className="row">
          <Checkbox checked={item.required ?? false} disabled={!editor} onChange={(event) => set({ required: event.target.checked || undefined })}>
            {t('required')}
          </Checkbox>
          {item.type === 'choice' && (
            <Checkbox checked={item.repeats ?? false} disabled={!editor} onChange={(event) => set({ repeats: event.target.checked || undefined })}>
              {t('repeats')}
            </Checkbox>
          )}
        </div>
      )}
      {numeric && (
        <div className="row">
          {(['min', 'max'] as const).map((end) => (
            <label key={end}>
              {t(end === 'min' ? 'leastNumber' : 'mostNumber')}{' '}
              <InputNumber value={item[end] ?? null} disabled={!editor} precision={item.type === 'integer' ? 0 : undefined} aria-label={t(end === 'min' ? 'leastNumber' : 'mostNumber')} onChange={(value) => set({ [end]: value ?? undefined })} />
            </label>
          ))}
        </div>
      )}
      {item.type === 'choice' && <Options item={item} editor={editor} onOptions={(options) => set({ options })} />}
      {editor && (
        <Button danger className="fit" onClick={onRemove}>
          {t('takeOutQuestion')}
        </Button>
      )}
    </div>
  )
}

function Options({ item, editor, onOptions }: { item: QuestionForm; editor: boolean; onOptions: (options: OptionForm[]) => void }) {
  const t = useWords()
  const all = item.options ?? []
  const put = (at: number, change: Partial<OptionForm>) => onOptions(all.map((one, i) => (i === at ? { ...one, ...change } : one)))
  const of = (what: string, i: number) => t('ofWhich', { what, name: t('answerNth', { n: i + 1 }) })
  const move = (at: number) => {
    const next = [...all]
    const [one] = next.splice(at, 1)
    if (one) next.splice(at - 1, 0, one)
    onOptions(next)
  }
  return (
    <Line label={t('answersWord')} hint={t('answersOfChoice')}>
      <div className="option-rows">
        <div className="option-row note" aria-hidden="true">
          <span>{t('keyWord')}</span>
          <span>{t('zh')}</span>
          <span>{t('en')}</span>
          <span>{t('pointsWord')}</span>
        </div>
        {all.map((option, i) => (
          <div key={i} className="option-row">
            <Input value={option.code} maxLength={60} status={/^[a-z][a-z0-9_-]*$/.test(option.code) ? undefined : 'error'} aria-label={of(t('keyWord'), i)} onChange={(event) => put(i, { code: event.target.value.trim() })} />
            <Input lang="zh-CN" value={option.text.zh} aria-label={of(t('zh'), i)} onChange={(event) => put(i, { text: { ...option.text, zh: event.target.value } })} />
            <Input lang="en" value={option.text.en} aria-label={of(t('en'), i)} onChange={(event) => put(i, { text: { ...option.text, en: event.target.value } })} />
            <InputNumber value={option.score ?? null} disabled={!editor} aria-label={of(t('pointsWord'), i)} onChange={(score) => put(i, { score: score ?? undefined })} />
            {editor && (
              <span className="row">
                <Button size="small" disabled={i === 0} aria-label={of(t('up'), i)} onClick={() => move(i)}>
                  {t('up')}
                </Button>
                <Button size="small" aria-label={of(t('takeOut'), i)} onClick={() => onOptions(all.filter((_, at) => at !== i))}>
                  {t('takeOut')}
                </Button>
              </span>
            )}
          </div>
        ))}
        {editor && (
          <Button className="fit" onClick={() => onOptions([...all, { code: `a${all.length + 1}`, text: { zh: '', en: '' } }])}>
            {t('addAnswer')}
          </Button>
        )}
      </div>
    </Line>
  )
}
