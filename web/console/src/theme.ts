// The tokens of web/ui/tokens.css as antd wants them, set once. antd's own greys and blue are too pale to read, so each
// is replaced: text at least 4.5:1, control edges at least 3:1, in light and in dark.
import { theme as antd, type ThemeConfig } from 'antd'
import { useEffect, useState } from 'react'

const font = 'var(--font)'

const shared = {
  fontFamily: font,
  fontSize: 14,
  borderRadius: 6,
  controlHeight: 32,
  motionDurationSlow: '0.2s',
  motionDurationMid: '0.15s',
  motionDurationFast: '0.1s',
}

const light = {
  colorPrimary: '#1D5BC4',
  // Under the pointer antd's blue gets lighter than white text can stand on: darker instead.
  colorPrimaryHover: '#174CA6',
  colorPrimaryActive: '#123E88',
  colorLinkHover: '#174CA6',
  colorInfo: '#1D5BC4',
  colorLink: '#1D5BC4',
  // Success is a tick and late is a clock: green and yellow belong to measured values.
  colorSuccess: '#1D5BC4',
  colorWarning: '#8A4B00',
  colorError: '#B3131F',
  colorBgLayout: '#F6F7F9',
  colorBgContainer: '#FFFFFF',
  colorText: '#1B1F27',
  colorTextSecondary: '#4A5160',
  colorTextTertiary: '#626A79',
  colorTextQuaternary: '#626A79',
  colorTextPlaceholder: '#626A79',
  colorTextDescription: '#626A79',
  colorBorder: '#868E9C',
  colorBorderSecondary: '#D9DDE4',
  colorSplit: '#D9DDE4',
}

const dark = {
  colorPrimary: '#8AB4FF',
  colorInfo: '#8AB4FF',
  colorLink: '#8AB4FF',
  colorSuccess: '#8AB4FF',
  colorWarning: '#F0B35A',
  colorError: '#FF8A8F',
  colorTextLightSolid: '#0B1F44',
  colorBgLayout: '#16181D',
  colorBgContainer: '#1F232B',
  colorBgElevated: '#1F232B',
  colorText: '#E8EAEF',
  colorTextSecondary: '#B4BAC6',
  colorTextTertiary: '#949CAB',
  colorTextQuaternary: '#949CAB',
  colorTextPlaceholder: '#949CAB',
  colorTextDescription: '#949CAB',
  colorBorder: '#727B8B',
  colorBorderSecondary: '#343A46',
  colorSplit: '#343A46',
}

export function themeFor(isDark: boolean, still: boolean): ThemeConfig {
  const colours = isDark ? dark : light
  return {
    algorithm: isDark ? antd.darkAlgorithm : antd.defaultAlgorithm,
    token: { ...shared, ...colours, motion: !still },
    components: {
      // The algorithm derives a lighter blue for dark text on it; ours is fixed with the text that was measured.
      Button: { primaryColor: isDark ? '#0B1F44' : '#FFFFFF', dangerColor: '#FFFFFF' },
    },
  }
}

/** useMedia follows a media query. */
export function useMedia(query: string): boolean {
  const [matches, set] = useState(() => globalThis.matchMedia?.(query).matches ?? false)
  useEffect(() => {
    const list = globalThis.matchMedia?.(query)
    if (!list) return
    const changed = () => set(list.matches)
    list.addEventListener('change', changed)
    return () => list.removeEventListener('change', changed)
  }, [query])
  return matches
}
