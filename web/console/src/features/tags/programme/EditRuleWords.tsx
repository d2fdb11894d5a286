import { Button, Input, Modal } from 'antd'
import { useState } from 'react'
import type { DraftShape, WordLine } from '../../../../../client/programmes'
import type { Draft } from '../../../../../client/rules'
import { ErrorBox } from '../../../../../ui/states'
import { Expression } from '../Expression'
import { Line } from '../fields'
import { useUnsaved } from '../Unsaved'
import { dropWord, saveWord } from './programmes'
import { useSave } from './useSave'
import { Said, useTry } from './useTry'
import { useWords } from './words'

/** EditRuleWords are the parts of rules with a name: written once, read wherever a rule says the word. */
export function EditRuleWords({ draft, editor, shape }: { draft: Draft; editor: boolean; shape: DraftShape }) {
  const t = useWords()
  const [open, setOpen] = useState<WordLine | 'new'>()
  return (
    <section className="panel box" aria-label={t('s_words')}>
      <h2>{t('s_words')}</h2>
      <p className="note">{t('wordsHint')}</p>
      {shape.words.length === 0 && <p className="unknown">{t('noWords')}</p>}
      {shape.words.length > 0 && (
        <table className="doc-table word-table">
          <tbody>
            {shape.words.map((word) => (
              <tr key={word.key}>
                <th scope="row">
                  <code>{word.key}</code>
                </th>
                <td>
                  <pre>{word.rule}</pre>
                  {word.part && <p className="note">{t('ofPart', { part: word.part })}</p>}
                  {word.was && <p className="note">{t('wasRule')} <code>{word.was}</code></p>}
                </td>
                <td>
                  {editor && (
                    <Button size="small" aria-label={t('changeOf', { name: word.key })} onClick={() => setOpen(word)}>
                      {t('change')}
                    </Button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {editor && (
        <Button className="fit" onClick={() => setOpen('new')}>
          {t('addWord')}
        </Button>
      )}
      {open && <WordModal draft={draft} word={open === 'new' ? undefined : open} taken={shape.words} onClose={() => setOpen(undefined)} />}
    </section>
  )
}

function WordModal({ draft, word, taken, onClose }: { draft: Draft; word?: WordLine; taken: readonly WordLine[]; onClose: () => void }) {
  const t = useWords()
  const [key, setKey] = useState(word?.key ?? '')
  const [rule, setRule] = useState(word?.rule ?? '')
  const badKey = !/^[a-z][a-z0-9_]{2,40}$/.test(key) || (!word && taken.some((one) => one.key === key))
  const dirty = rule !== (word?.rule ?? '') || key !== (word?.key ?? '')
  const forget = useUnsaved(dirty)
  const tried = useTry(draft, `words/${encodeURIComponent(key)}`, { rule }, dirty && !badKey && rule.trim() !== '')
  const done = () => {
    forget()
    onClose()
  }
  const save = useSave(draft.programme, (value: string, revision) => saveWord(draft.programme, key, value, revision), done)
  const drop = useSave(draft.programme, (_: null, revision) => dropWord(draft.programme, key, revision), done)
  return (
    <Modal open mask={{ closable: false }} keyboard={false} width={760} title={word ? t('changeOf', { name: word.key }) : t('addWord')} okText={t('save')} okButtonProps={{ loading: save.isPending, disabled: !dirty || badKey || rule.trim() === '' }} onOk={() => save.mutate(rule)} onCancel={onClose} destroyOnHidden>
      <div className="edit-form">
        {!word && (
          <Line label={t('keyWord')} hint={t('wordKeyHint')} wrong={key && badKey ? t('wordKeyWrong') : undefined}>
            <Input className="short" value={key} maxLength={40} aria-label={t('keyWord')} onChange={(event) => setKey(event.target.value.trim())} />
          </Line>
        )}
        {word?.part && <p className="note">{t('partSetting', { part: word.part })}</p>}
        <Line label={t('ruleWord')} hint={t('wordRuleHint')}>
          <Expression label={t('ruleWord')} value={rule} onChange={setRule} programme={draft.programme} problems={[]} />
        </Line>
        <Said tried={tried} />
        {(save.error ?? drop.error) && <ErrorBox error={save.error ?? drop.error} />}
        {word && !word.part && (
          <Button danger className="fit" loading={drop.isPending} onClick={() => drop.mutate(null)}>
            {t('takeOut')}
          </Button>
        )}
      </div>
    </Modal>
  )
}
