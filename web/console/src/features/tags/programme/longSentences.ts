/** longSentences are those of a Chinese text with more Chinese characters than `most`, as the server counts them. */
export function longSentences(zh: string, most: number): { sentence: string; n: number }[] {
  return zh
    .split(/[。！？；!?\n]/)
    .map((sentence) => ({ sentence: sentence.trim(), n: (sentence.match(/\p{Script=Han}/gu) ?? []).length }))
    .filter(({ n }) => n > most)
}
