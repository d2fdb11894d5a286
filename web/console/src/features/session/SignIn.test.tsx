import { fireEvent, screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { openConsole, Refusal, session } from '../../../testing/harness'

const out = { 'GET /api/session': () => new Refusal(401, { code: 'signed_out' }) }
const fill = async () => {
  fireEvent.change(await screen.findByLabelText('账号'), { target: { value: ' liu ' } })
  fireEvent.change(screen.getByLabelText('密码'), { target: { value: 'Ab 12' } })
  fireEvent.click(screen.getByRole('button', { name: '登录' }))
}

describe('SignIn', () => {
  it('lets in, keeping the password as typed', async () => {
    const { calls } = openConsole('/today', {
      ...out,
      'POST /api/session': () => session(),
      'GET /api/tasks': () => ({ items: [], total: 0, counts: { all: 0, safety: 0, promise: 0, today: 0, postponable: 0 }, minutesLeft: 0 }),
    })
    await fill()
    expect(await screen.findByText('今天都做完了')).toBeTruthy()
    expect(calls.find((call) => call.method === 'POST')?.body).toEqual({ login: 'liu', password: 'Ab 12' })
    expect(screen.getByText('演练')).toBeTruthy()
    expect(screen.getByText('刘敏')).toBeTruthy()
  })

  it.each([
    ['a wrong password', new Refusal(401, { code: 'bad_sign_in' }), /账号或密码不对。请再看一遍，注意大小写。/],
    ['too many tries', new Refusal(429, { code: 'locked', retryAfter: 840 }), /先锁住了。请\s14\s分钟后再试，或请管理员解锁/],
    ['a fault of ours', new Refusal(500, { code: 'internal' }), /不是密码的问题。请再试一次；还不行，把编号 internal 告诉管理员/],
  ])('says what to do after %s', async (_, answer, words) => {
    openConsole('/today', { ...out, 'POST /api/session': () => answer })
    await fill()
    expect((await screen.findByRole('alert')).textContent).toMatch(words)
  })

  it('says which field is missing and goes there', async () => {
    openConsole('/today', out)
    fireEvent.click(await screen.findByRole('button', { name: '登录' }))
    expect(await screen.findByText('请填账号')).toBeTruthy()
    expect(document.activeElement).toBe(screen.getByLabelText('账号'))
  })
})
