import { Button } from 'antd'
import { setLanguage, useLanguage } from '../../../ui/i18n'

/** The button names the other language in that language, as those who need it would look for it. */
export function LanguageSwitch() {
  const language = useLanguage()
  const other = language === 'zh' ? 'en' : 'zh'
  return (
    <Button type="text" lang={other === 'zh' ? 'zh-CN' : 'en'} onClick={() => setLanguage(other)}>
      {other === 'zh' ? '中文' : 'English'}
    </Button>
  )
}
