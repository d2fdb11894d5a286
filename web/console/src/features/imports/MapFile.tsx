import { useMutation } from '@tanstack/react-query'
import { Button } from 'antd'
import { useRef } from 'react'
import type { ImportMap } from '../../../../client/imports'
import { useSay } from '../../../../ui/i18n'
import { ErrorBox } from '../../../../ui/states'
import { readMap, writeMap } from './imports'
import { useWords } from './strings'

/** MapFile writes the map to a file, as the command takes it, and reads one. */
export function MapFile({ map, name, onMap }: { map: ImportMap; name: string; onMap: (map: ImportMap, from: string) => void }) {
  const t = useWords()
  const say = useSay()
  const input = useRef<HTMLInputElement>(null)
  const save = useMutation({
    mutationFn: () => writeMap(map),
    onSuccess: ({ yaml }) => {
      const address = URL.createObjectURL(new Blob([yaml], { type: 'application/yaml' }))
      const link = document.createElement('a')
      link.href = address
      link.download = `${name.replace(/\.[^.]*$/, '') || 'map'}.map.yaml`
      link.click()
      URL.revokeObjectURL(address)
    },
  })
  const read = useMutation({
    mutationFn: async (file: File) => ({ ...(await readMap(await file.text())), from: file.name }),
    onSuccess: (got) => {
      if (got.map) onMap(got.map, got.from)
    },
  })
  return (
    <>
      <Button loading={save.isPending} onClick={() => save.mutate()}>
        {t('mapSave')}
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        accept=".yaml,.yml,.json,.txt"
        aria-label={t('mapRead')}
        onChange={(event) => {
          const file = event.target.files?.[0]
          event.target.value = ''
          if (file) read.mutate(file)
        }}
      />
      <Button loading={read.isPending} onClick={() => input.current?.click()}>
        {t('mapRead')}
      </Button>
      {(save.error ?? read.error) && <ErrorBox error={save.error ?? read.error} />}
      {read.data?.problems.map((p) => (
        <p key={p.path + p.text.zh} className="wrong" role="alert">
          {p.path} {say(p.text)}
        </p>
      ))}
    </>
  )
}
