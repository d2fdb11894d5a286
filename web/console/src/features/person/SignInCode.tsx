import { useMutation } from '@tanstack/react-query'
import { App as Antd, Button, Modal } from 'antd'
import type { Person } from '../../../../client/types'
import { ErrorBox } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { signInLink } from './person'
import { useWords } from './strings'

/** SignInCode opens a person's phone once. It is made only on request, since whoever holds it sees the records. */
export function SignInCode({ person, onClose }: { person: Person; onClose: () => void }) {
  const t = useWords()
  const moment = useMoment()
  const { message } = Antd.useApp()
  const link = useMutation({ mutationFn: () => signInLink(person.id) })
  return (
    <Modal open title={t('linkTitle', { name: person.name })} footer={null} onCancel={onClose} width={420}>
      <div className="code">
        {link.data ? (
          <>
            <img src={link.data.qr} alt={t('qrAlt')} width={220} height={220} />
            <p>{t('linkHint')}</p>
            <p>
              <b>{t('linkUntil', { at: formatAt(new Date(link.data.expires), moment) })}</b>
            </p>
            <code className="code-url">{link.data.url}</code>
            {navigator.clipboard && (
              <Button
                onClick={() =>
                  void navigator.clipboard.writeText(link.data.url).then(() => message.success({ content: t('copied'), duration: 6 }))
                }
              >
                {t('copy')}
              </Button>
            )}
          </>
        ) : (
          <>
            <p>{t('linkWarn')}</p>
            {link.error && <ErrorBox error={link.error} />}
            <Button type="primary" loading={link.isPending} onClick={() => link.mutate()}>
              {t('linkMake')}
            </Button>
          </>
        )}
      </div>
    </Modal>
  )
}
