import { useLayoutEffect, useRef, useState } from 'react'
import { createPortal } from 'react-dom'
import type { VisitPage } from '../../client/visit'
import { useLanguage } from '../i18n'
import { clockIn, dateIn } from '../time'
import { FactList, Labs, Lows, Measures, Medicines, Pattern, Questions, short, Trends, Who } from './parts'
import { useSheetWords } from './words'
import './sheet.css'

interface Props {
  page: VisitPage
  /** The way back for a doctor without an account; none: the sheet says so. */
  link?: { qr: string; expires: string }
}

/** From the largest type down, in points: paper is read at arm's length, often without the right glasses. */
const sizes = [15, 14.5, 14, 13.5, 13, 12.5, 12, 11.5, 11, 10.5, 10, 9.5, 9, 8.5, 8]

/** The smallest type, in points, for which charts are kept. */
const readable = 10

/**
 * VisitSheet is one A4 page: in large type, and smaller only as far as it must be to stay one page. It is shown on the screen, and
 * once more, alone, for the printer.
 */
export function VisitSheet({ page, link }: Props) {
  const ref = useRef<HTMLDivElement>(null)
  const box = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState<number>(sizes[0] ?? 12)
  const [bare, setBare] = useState(false)
  const [zoom, setZoom] = useState(1)
  const language = useLanguage()
  useLayoutEffect(() => {
    const sheet = ref.current
    if (!sheet) return
    const largest = (bare: boolean) => {
      sheet.toggleAttribute('data-bare', bare)
      return sizes.find((one) => {
        sheet.style.setProperty('--sheet', `${one}pt`)
        return sheet.scrollHeight <= sheet.clientHeight
      })
    }
    // What the charts show stands in words beside them: where they would make the words too small, they go.
    const drawn = largest(false)
    const plain = drawn !== undefined && drawn >= readable ? undefined : largest(true)
    setBare(plain !== undefined)
    setSize(plain ?? drawn ?? sizes.at(-1) ?? 8)
  }, [page, link, language])
  useLayoutEffect(() => {
    const measure = () => {
      const room = box.current?.clientWidth ?? 0
      const own = ref.current?.offsetWidth ?? 0
      if (room > 0 && own > 0) setZoom(Math.min(1, room / own))
    }
    measure()
    addEventListener('resize', measure)
    return () => removeEventListener('resize', measure)
  }, [])
  const style = { '--sheet': `${size}pt` } as React.CSSProperties
  const height = ref.current?.offsetHeight
  return (
    <>
      <div className="a4-view" ref={box} style={zoom < 1 && height ? { height: height * zoom } : undefined}>
        <div className="a4" ref={ref} data-bare={bare ? '' : undefined} style={{ ...style, transform: zoom < 1 ? `scale(${zoom})` : undefined }} data-theme="light">
          <Paper page={page} link={link} />
        </div>
      </div>
      {createPortal(
        <div className="a4-print" aria-hidden="true">
          <div className="a4" data-bare={bare ? '' : undefined} style={style} data-theme="light">
            <Paper page={page} link={link} />
          </div>
        </div>,
        document.body,
      )}
    </>
  )
}

function Paper({ page, link }: Props) {
  const t = useSheetWords()
  return (
    <>
      <Who page={page} />
      <Pattern page={page} />
      <Measures page={page} paper />
      <Trends page={page} paper />
      <div className="a4-cols">
        <div>
          <FactList page={page} />
          <Lows page={page} />
          <Labs page={page} />
        </div>
        <Medicines page={page} />
      </div>
      <div className="a4-ask">
        <Questions page={page} lines />
        <div className="a4-qr">
          {link ? (
            <>
              <img src={link.qr} alt={t('qr')} />
              <p>
                <b>{t('qr')}</b>
                <br />
                {t('qrText', { until: short(dateIn(new Date(link.expires), page.zone)) })}
              </p>
            </>
          ) : (
            <p className="a4-2">{t('noQr')}</p>
          )}
        </div>
      </div>
      <footer className="a4-foot">
        {t('foot')} {t('printed', { at: `${dateIn(new Date(page.at), page.zone)} ${clockIn(new Date(page.at), page.zone)}` })}
      </footer>
    </>
  )
}
