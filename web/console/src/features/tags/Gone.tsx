import { Alert, Button } from 'antd'
import type { ApiError } from '../../../../client/http'
import { useSay } from '../../../../ui/i18n'
import { useWords } from './strings'

/** Gone says what became of a result that is no longer there, and gets it again at one press. */
export function Gone({ error, onAgain, busy = false, again }: { error: ApiError; onAgain?: () => void; busy?: boolean; again?: string }) {
  const t = useWords()
  const say = useSay()
  return (
    <Alert
      type="info"
      showIcon
      role="status"
      title={sentence(say(error.problem.text) || t('goneTitle'))}
      description={sentence(say(error.problem.hintText) || t('goneBody'))}
      action={
        onAgain && (
          <Button loading={busy} onClick={onAgain}>
            {again ?? t('countAgain')}
          </Button>
        )
      }
    />
  )
}

/** The server's texts are parts of sentences; alone on a line one begins with a capital. */
const sentence = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)
