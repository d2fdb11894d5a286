import { useQuery } from '@tanstack/react-query'
import { Select } from 'antd'
import { useSay } from '../../../../ui/i18n'
import { workspaceQuery } from '../../layout/catalogue'
import { useWords } from './strings'

/** useProgrammes are the workspace's programmes where there are several; of one alone nobody need be told. */
export function useProgrammes() {
  const all = useQuery(workspaceQuery).data?.programmes
  return all && all.length > 1 ? all : undefined
}

/** Chooser says whose tags are shown and leads to another programme's. */
export function Chooser({ programme, onProgramme }: { programme: string; onProgramme: (programme: string) => void }) {
  const t = useWords()
  const say = useSay()
  const all = useProgrammes()
  if (!all) return null
  return (
    <label className="tags-of">
      {t('programme')}{' '}
      <Select
        aria-label={t('programme')}
        value={programme}
        popupMatchSelectWidth={false}
        onChange={onProgramme}
        options={all.map(({ key, name }) => ({ value: key, label: say(name) }))}
      />
    </label>
  )
}
