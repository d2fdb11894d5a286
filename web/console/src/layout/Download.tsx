import { Button, Dropdown, Space } from 'antd'
import { useWords } from './strings'

interface Props {
  /** Address of the list as CSV; the others differ in the ending. */
  href: string
  /** What it says when that is not just that. */
  label?: string
  className?: string
}

const ending = (href: string, format: string) => href.replace(/\.csv(?=$|\?)/, `.${format}`)

/** Download gives a list as a file: CSV at once, Excel and Parquet by the menu beside it. */
export function Download({ href, label, className }: Props) {
  const t = useWords()
  const one = (format: string, name: string) => ({
    key: format,
    label: (
      <a href={ending(href, format)} download>
        {name}
      </a>
    ),
  })
  return (
    <Space.Compact className={className}>
      <Button href={href} download>
        {label ?? t('exportFile')}
      </Button>
      <Dropdown trigger={['click']} menu={{ items: [one('csv', 'CSV'), one('xlsx', 'Excel (.xlsx)'), one('parquet', 'Parquet')] }}>
        <Button aria-label={t('otherFormats')}>▾</Button>
      </Dropdown>
    </Space.Compact>
  )
}
