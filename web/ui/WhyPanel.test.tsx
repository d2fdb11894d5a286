import { fireEvent, render, screen } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import type { Why } from '../client/types'
import { reading, start } from '../testing/phone-fixture.mjs'
import { WhyPanel } from './WhyPanel'

const both = (zh: string) => ({ zh, en: zh })
const why: Why = {
  kind: 'tag',
  title: both('空腹偏高'),
  state: 'has',
  sentence: both('最近 7 次空腹里 5 次高于 7.0'),
  rule: 'events("glucose").last(7)',
  source: 'CDS 2024',
  version: '3',
  since: '2026-03-04T07:05:00+08:00',
  evidence: [{ eventId: 'e1', type: 'glucose', at: '2026-03-08T07:05:00+08:00', text: both(''), reading: reading(9.2, 'fasting', start) }],
  evidenceTotal: 5,
  links: [{ kind: 'journey', id: 'j1', text: both('新患者') }],
}
const panel = (change: Partial<Why> = {}, onOpen = vi.fn()) => {
  render(
    <WhyPanel why={{ ...why, ...change }} unit="mmol/L" zone="Asia/Shanghai" now={new Date(start)} onOpen={onOpen} />,
  )
  return onOpen
}

it('says the rule in words, the records, since when, what can change it, version and source', () => {
  panel()
  expect(screen.getByText('最近 7 次空腹里 5 次高于 7.0')).toBeTruthy()
  expect(screen.getByText('空腹，9.2，偏高')).toBeTruthy()
  expect(screen.getByText('共 5 条，列出最近 1 条')).toBeTruthy()
  expect(screen.getByText('从 周三 07:05 起')).toBeTruthy()
  expect(screen.getByText(/不会随时间自己变/)).toBeTruthy()
  expect(screen.getByText('规则版本 3')).toBeTruthy()
  expect(screen.getByText('来源：CDS 2024')).toBeTruthy()
})

it('calls unknown unknown', () => {
  panel({ state: 'unknown', evidence: [], evidenceTotal: 0 })
  expect(screen.getByText('未知')).toBeTruthy()
  expect(screen.getByText('没有相关记录')).toBeTruthy()
})

it('opens what is related', () => {
  const open = panel()
  fireEvent.click(screen.getByRole('button', { name: '新患者' }))
  expect(open).toHaveBeenCalledWith(why.links?.[0])
})
