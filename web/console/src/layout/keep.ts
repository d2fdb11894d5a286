import { App as Antd } from 'antd'
import { useRef } from 'react'
import { words } from '../../../ui/i18n'

const useWords = words('keep', {
  zh: { title: '填的还没有存', body: '关上就没有了。', leave: '不存，关上', stay: '接着填' },
  en: { title: 'What you typed is not stored', body: 'Closed, it is gone.', leave: 'Close without saving', stay: 'Go on typing' },
})

/** useKeep closes a drawer or dialog; while something is typed in it, it asks first. `dirty` is looked at when it is to be closed. */
export function useKeep(dirty: () => boolean, onClose: () => void): () => void {
  const t = useWords()
  const { modal } = Antd.useApp()
  const asking = useRef(false)
  return () => {
    if (!dirty()) return onClose()
    if (asking.current) return
    asking.current = true
    modal.confirm({
      title: t('title'), content: t('body'), okText: t('leave'), cancelText: t('stay'), okButtonProps: { danger: true }, autoFocusButton: 'cancel',
      onOk: onClose, afterClose: () => { asking.current = false },
    })
  }
}
