import { words } from '../../../ui/i18n'

export const useQueueWords = words('queue', {
  zh: {
    offline: '没有网络，记录先存在手机里',
    offlineCount: '没有网络，记录先存在手机里 ({{n}})',
    offlineAnswers: '没有网络，记录和答复先存在手机里 ({{n}})',
    sending: '正在送出存在手机里的记录 ({{n}})',
    sendingAnswers: '正在送出存在手机里的记录和答复 ({{n}})',
    refused: '{{value}} {{unit}} 没有存上：{{why}}',
    measureRefused: '“{{words}}”没有存上：{{why}}',
    answerRefused: '“{{answer}}”没有送到护师那里：{{why}}。现在还不舒服，请点下面找人',
    drop: '删掉这条',
    dropAnswer: '知道了',
  },
  en: {
    offline: 'No network, records stay on the phone',
    offlineCount: 'No network, records stay on the phone ({{n}})',
    offlineAnswers: 'No network, records and answers stay on the phone ({{n}})',
    sending: 'Sending records kept on the phone ({{n}})',
    sendingAnswers: 'Sending records and answers kept on the phone ({{n}})',
    refused: '{{value}} {{unit}} was not saved: {{why}}',
    measureRefused: '“{{words}}” was not saved: {{why}}',
    answerRefused: '“{{answer}}” did not reach your nurse: {{why}}. Still unwell? Ask for help below',
    drop: 'Delete it',
    dropAnswer: 'I understand',
  },
})
