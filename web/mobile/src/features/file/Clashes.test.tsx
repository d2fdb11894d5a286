import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { Clashes } from './Medicines'

const T = (zh: string) => ({ zh, en: zh })

it('says an allergy and a second medicine of a class, and that a pharmacist looks; not what is for staff', () => {
  render(<Clashes problems={[{ code: 'allergy', text: T('有对这种药过敏的记录') }, { code: 'stopped_twice', text: T('停用记了两次') }, { code: 'same_class', text: T('同一类药同时在用两种') }]} />)
  expect(screen.getByText('有对这种药过敏的记录')).toBeTruthy()
  expect(screen.getByText('同一类药同时在用两种')).toBeTruthy()
  expect(screen.queryByText('停用记了两次')).toBeNull()
  expect(screen.getByText(/药师会看/)).toBeTruthy()
})

it('says nothing when nothing is wrong', () => {
  const { container } = render(<Clashes problems={[{ code: 'started_twice', text: T('又记了一次开始') }]} />)
  expect(container.textContent).toBe('')
})
