import { Input, Modal, Select } from 'antd'
import { useState } from 'react'
import type { Review } from '../../../../client/reviews'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { Changes } from './OneReview'
import type { Decision } from './reviews'
import { useWords } from './strings'

interface Props {
  review: Review
  decision: Exclude<Decision, 'later'>
  busy: boolean
  error: unknown
  onSend: (why: string, kind?: string) => void
  onClose: () => void
}

/** DecisionModal asks for the reason; before a merge it shows once more what will change. */
export function DecisionModal({ review, decision, busy, error, onSend, onClose }: Props) {
  const t = useWords()
  const say = useSay()
  const [why, setWhy] = useState('')
  const [kind, setKind] = useState<string>()
  const [tried, setTried] = useState(false)
  const missing = decision === 'family' ? (kind ? undefined : t('kindFirst')) : why.trim() ? undefined : t('whyFirst')
  const label = t(decision === 'same' ? 'whySame' : decision === 'different' ? 'whyDifferent' : 'whyOther')
  const names = { left: review.left.name, right: review.right.name }
  const send = () => {
    setTried(true)
    if (!missing) onSend(why.trim(), kind)
  }
  return (
    <Modal open title={t(decision)} okText={t(`confirm_${decision}`)} cancelText={t('cancel')} okButtonProps={{ loading: busy }} onOk={send} onCancel={onClose} destroyOnHidden>
      <div className="review-ask">
        {decision === 'same' && <Changes review={review} />}
        {decision === 'family' && (
          <label>
            <span className="user-text">{t('kind', names)}</span>
            <Select aria-label={t('kind', names)} value={kind} onChange={setKind} options={review.kinds.map((one) => ({ value: one.key, label: say(one.name) }))} />
          </label>
        )}
        <label>
          <span>{label}</span>
          <Input.TextArea autoFocus={decision !== 'family'} value={why} maxLength={300} rows={2} aria-label={label} onChange={(event) => setWhy(event.target.value)} />
        </label>
        <p className="note user-text">{t(`${decision}Hint`, names)}</p>
        {tried && missing && (
          <p className="wrong" role="alert">
            {missing}
          </p>
        )}
        {error ? <ErrorBox error={error} onRetry={send} /> : null}
      </div>
    </Modal>
  )
}
