const paths = {
  today: 'M4 11 12 4l8 7v9h-5v-6H9v6H4z',
  glucose: 'M12 3c4 5 6 8 6 11a6 6 0 0 1-12 0c0-3 2-6 6-11zM9 14.5a3 3 0 0 0 3 3',
  records: 'M6 4h12v16H6zM9 8h6M9 12h6M9 16h4',
  messages: 'M4 5h16v11H10l-4 4v-4H4zM8 9h8M8 12.5h5',
  me: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20.5c.6-4 3.600-6 7.500-6s6.900 2 7.500 6',
  nurse: 'M5 13v-2a7 7 0 0 1 14 0v2M5 12.500h3v5H6a1 1 0 0 1-1-1zM19 12.500h-3v5h2a1 1 0 0 0 1-1zM18 17.500c0 2-2 3-5 3',
  phone: 'M6 3h3l2 5-2.500 2a12 12 0 0 0 5.500 5.500L16 13l5 2v3c0 1.500-1 3-3 3C10 21 3 14 3 6c0-2 1.500-3 3-3z',
  back: 'M15 5l-7 7 7 7',
  sound: 'M4 10v4h4l5 4V6L8 10zM16.500 9a4 4 0 0 1 0 6M19 6.500a8 8 0 0 1 0 11',
  clock: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 7v5l3.500 2',
  offline: 'M3 9a14 14 0 0 1 18 0M6.500 12.500a9 9 0 0 1 11 0M10 16a4 4 0 0 1 4 0M4 4l16 16',
  file: 'M6 3.500h8l4 4v13H6zM14 3.500v4h4M9 12h6M9 15.500h6',
  form: 'M5 4h14v16H5zM8 9l1.500 1.500L12 8M8 15l1.500 1.500L12 14M14 9.500h2.500M14 15.500h2.500',
  tick: 'M5 12.500l4.500 4.500L19 7.500',
} as const

export type IconName = keyof typeof paths

/** Icon is an outline sign; it always stands beside a word, so readers skip it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={paths[name]} />
    </svg>
  )
}
