import { useEffect, useState } from 'react'
import type { Language } from '../../../../client/types'

/** useSpeech reads words aloud where the browser has a voice for the language; elsewhere it is undefined. */
export function useSpeech(language: Language): { speaking: boolean; toggle: (text: string) => void } | undefined {
  const [voice, setVoice] = useState<SpeechSynthesisVoice>()
  const [speaking, setSpeaking] = useState(false)
  useEffect(() => {
    if (!('speechSynthesis' in window)) return
    const find = () => setVoice(speechSynthesis.getVoices().find((one) => one.lang.toLowerCase().startsWith(language)))
    find()
    speechSynthesis.addEventListener?.('voiceschanged', find)
    return () => {
      speechSynthesis.removeEventListener?.('voiceschanged', find)
      speechSynthesis.cancel()
    }
  }, [language])
  if (!voice) return undefined
  return {
    speaking,
    toggle: (text) => {
      speechSynthesis.cancel()
      if (speaking) {
        setSpeaking(false)
        return
      }
      const utterance = new SpeechSynthesisUtterance(text)
      utterance.voice = voice
      utterance.rate = 0.9
      utterance.onend = () => setSpeaking(false)
      setSpeaking(true)
      speechSynthesis.speak(utterance)
    },
  }
}
