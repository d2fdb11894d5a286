import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Alert, Button, Input } from 'antd'
import { type FormEvent, useId, useRef, useState } from 'react'
import { ApiError, OfflineError } from '../../../../client/http'
import { LanguageSwitch } from '../../layout/LanguageSwitch'
import { sessionQuery, signIn } from './session'
import { useWords } from './strings'
import './session.css'

/** SignIn asks for account and password in plain fields: managers fill them, paste works, no puzzle. */
export function SignIn() {
  const t = useWords()
  const id = useId()
  const client = useQueryClient()
  const form = useRef<HTMLFormElement>(null)
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [missing, setMissing] = useState<{ login?: boolean; password?: boolean }>({})
  const enter = useMutation({
    mutationFn: () => signIn(login.trim(), password),
    onSuccess: (session) => client.setQueryData(sessionQuery.queryKey, session),
    onError: () => form.current?.querySelector<HTMLInputElement>('input[name=password]')?.focus(),
  })

  const submit = (event: FormEvent) => {
    event.preventDefault()
    const gaps = { login: !login.trim(), password: !password }
    setMissing(gaps)
    if (gaps.login || gaps.password) {
      form.current?.querySelector<HTMLInputElement>(gaps.login ? 'input[name=username]' : 'input[name=password]')?.focus()
      return
    }
    enter.mutate()
  }

  return (
    <main className="signin">
      <form ref={form} className="signin-card" onSubmit={submit} noValidate aria-labelledby={`${id}-title`}>
        <div className="signin-head">
          <div>
            <p className="signin-product">{t('product')}</p>
            <p className="note">{t('slogan')}</p>
          </div>
          <LanguageSwitch />
        </div>
        <h1 id={`${id}-title`}>{t('title')}</h1>
        {enter.error && <Alert type="error" showIcon role="alert" title={<SignInError error={enter.error} />} />}
        <div className="field">
          <label htmlFor={`${id}-login`}>{t('login')}</label>
          <Input
            id={`${id}-login`}
            name="username"
            autoComplete="username"
            autoFocus
            size="large"
            value={login}
            status={missing.login ? 'error' : undefined}
            aria-invalid={missing.login}
            aria-describedby={missing.login ? `${id}-no-login` : undefined}
            onChange={(e) => setLogin(e.target.value)}
          />
          {missing.login && (
            <p className="field-error" id={`${id}-no-login`}>
              {t('needLogin')}
            </p>
          )}
        </div>
        <div className="field">
          <label htmlFor={`${id}-password`}>{t('password')}</label>
          <Input.Password
            id={`${id}-password`}
            name="password"
            autoComplete="current-password"
            size="large"
            value={password}
            status={missing.password ? 'error' : undefined}
            aria-invalid={missing.password}
            aria-describedby={missing.password ? `${id}-no-password` : undefined}
            onChange={(e) => setPassword(e.target.value)}
          />
          {missing.password && (
            <p className="field-error" id={`${id}-no-password`}>
              {t('needPassword')}
            </p>
          )}
        </div>
        <Button type="primary" size="large" block htmlType="submit" loading={enter.isPending}>
          {t('enter')}
        </Button>
      </form>
    </main>
  )
}

function SignInError({ error }: { error: Error }) {
  const t = useWords()
  if (error instanceof OfflineError) return t('offline')
  if (error instanceof ApiError) {
    if (error.code === 'locked' || error.status === 429)
      return t('locked', { minutes: Math.max(1, Math.ceil((error.problem.retryAfter ?? 900) / 60)) })
    if (error.status === 401) return t('wrong')
    return t('failed', { code: error.code || error.status })
  }
  return t('failed', { code: 'app' })
}
