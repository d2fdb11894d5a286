import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { App as Antd, Button, Input, Modal } from 'antd'
import { ErrorBox } from '../../../../ui/states'
import { formatAt } from '../../../../ui/time'
import { useMoment } from '../../layout/now'
import { endFeed, feedQuery, makeFeed } from './calendar'
import { useWords } from './strings'

/** FeedModal makes, changes and ends the secret address of one's own calendar. The address is told once. */
export function FeedModal({ open, onClose }: { open: boolean; onClose: () => void }) {
  const t = useWords()
  const moment = useMoment()
  const client = useQueryClient()
  const { message } = Antd.useApp()
  const feed = useQuery({ ...feedQuery, enabled: open })
  const done = () => client.invalidateQueries({ queryKey: feedQuery.queryKey })
  const make = useMutation({ mutationFn: makeFeed, onSuccess: done })
  const end = useMutation({
    mutationFn: endFeed,
    onSuccess: () => {
      make.reset()
      return done()
    },
  })
  const close = () => {
    make.reset()
    onClose()
  }
  const url = make.data?.address && location.origin + make.data.address
  return (
    <Modal open={open} title={t('feed')} footer={null} onCancel={close} width={520}>
      <p>{t('feedBody')}</p>
      {feed.error && <ErrorBox error={feed.error} onRetry={() => void feed.refetch()} />}
      {(make.error || end.error) && <p role="alert">{t('failed')}</p>}
      {url && (
        <>
          <p>{t('feedOnce')}</p>
          <Input
            readOnly
            value={url}
            aria-label={t('feed')}
            addonAfter={
              <button type="button" className="link" onClick={() => void navigator.clipboard.writeText(url).then(() => message.success(t('copied')))}>
                {t('copy')}
              </button>
            }
          />
        </>
      )}
      {feed.data && (
        <p className="cal-feed">
          <span className="note">{feed.data.on && feed.data.since ? t('feedSince', { at: formatAt(new Date(feed.data.since), moment) }) : t('feedOff')}</span>
          <Button loading={make.isPending} onClick={() => make.mutate()}>
            {feed.data.on ? t('feedAgain') : t('feedMake')}
          </Button>
          {feed.data.on && (
            <Button danger loading={end.isPending} onClick={() => end.mutate()}>
              {t('feedEnd')}
            </Button>
          )}
        </p>
      )}
    </Modal>
  )
}
