import { words } from '../../../ui/i18n'

export const useQueueWords = words('queue', {
  zh: {
    offline: '没有网络，记录先存在手机里',
    offlineCount: '没有网络，记录先存在手机里 ({{n}})',
    sending: '正在送出存在手机里的记录 ({{n}})',
    refused: '{{value}} {{unit}} 没有存上：{{why}}',
    drop: '删掉这条',
  },
  en: {
    offline: 'No network, records stay on the phone',
    offlineCount: 'No network, records stay on the phone ({{n}})',
    sending: 'Sending records kept on the phone ({{n}})',
    refused: '{{value}} {{unit}} was not saved: {{why}}',
    drop: 'Delete it',
  },
})
