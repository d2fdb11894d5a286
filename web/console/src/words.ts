// Staff are addressed as 你, patients as 您: the shared words of web/ui that speak to the reader are said again here.
import i18next from 'i18next'

const add = () =>
  i18next.addResourceBundle(
    'zh',
    'ui',
    {
      errorSafe: '数据没有丢。请再试一次',
      offlineSafe: '数据没有丢。有网络后再试一次',
      forbiddenTitle: '你没有看这一页的权限',
      target: '目标',
    },
    true,
    true,
  )
if (i18next.isInitialized) add()
else i18next.on('initialized', add)
