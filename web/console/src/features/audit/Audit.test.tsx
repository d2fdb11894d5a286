import { screen, waitFor, within } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import type { AuditRow } from '../../../../client/audit'
import { openConsole, session, T } from '../../../testing/harness'
import { partsOf, secondOf } from './audit'

const row = (more: Partial<AuditRow> = {}): AuditRow => ({ id: 7, at: '2026-03-08T11:27:05+08:00', actor: 'staff:S1', name: '刘敏', who: T('刘敏'), action: 'person.assign', deed: T('分配人员的负责人'), person: { id: 'P1', name: '张桂芳' }, detail: { from: 'S1', to: 'S2', rows: 3 }, number: '6C0B43B4', ...more })

const open = (address: string, items: AuditRow[] = [row()]) =>
  openConsole(address, {
    'GET /api/session': () => ({ ...session('admin'), can: ['intake.read', 'audit.read', 'people.export'] }),
    'GET /api/audit': () => ({ items, total: items.length }),
    'GET /api/audit/choices': () => ({ actions: [{ key: 'person.assign', text: T('分配人员的负责人') }], members: [{ key: 'S1', text: T('刘敏') }, { key: 'S2', text: T('陈晓') }] }),
  })

describe('Audit', () => {
  it('says who did what to whom, to the second, with names for ids of staff', async () => {
    open('/data/audit?action=person.assign&from=2026-03-01')
    const line = (await screen.findByText('张桂芳')).closest('tr') as HTMLElement
    expect(line.textContent).toContain('2026-03-08 11:27:05')
    expect(within(line).getByText('分配人员的负责人')).toBeTruthy()
    await waitFor(() => expect(line.textContent).toContain('到 陈晓'))
    const file = screen.getByRole('link', { name: /^导\s*出$/ })
    expect(file.getAttribute('href')).toContain('from=2026-03-01')
    expect(file.getAttribute('href')).toContain('action=person.assign')
  })

  it('offers a way out where a filter finds nothing', async () => {
    open('/data/audit?actor=S1', [])
    await screen.findByText('没有这样的记录')
    expect(screen.getAllByRole('button', { name: '清除条件' }).length).toBeGreaterThan(0)
  })

  it('tells codes and counts flat, and moments to the second', () => {
    expect(partsOf({ rows: 3, none: null, types: [], list: ['a', 'b'], deep: { x: 1 } })).toEqual([['rows', '3'], ['list', 'a b'], ['deep', '{"x":1}']])
    expect(secondOf('2026-03-08T11:27:05.12+08:00')).toBe('2026-03-08 11:27:05')
  })
})
