import { render, screen } from '@testing-library/react'
import { expect, it } from 'vitest'
import { blocks, Body } from './Body'

it('reads steps, lists and paragraphs', () => {
  expect(blocks('先吃糖\n\n1. 吃\n2. 等\n\n- 果汁\n- 方糖').map(({ kind, lines }) => [kind, lines.length])).toEqual([
    ['p', 1],
    ['ol', 2],
    ['ul', 2],
  ])
  expect(blocks('① 吃糖\n② 再测')[0]).toEqual({ kind: 'ol', lines: ['吃糖', '再测'] })
})

it('shows HTML as the letters it is made of', () => {
  const { container } = render(<Body text="<img src=x onerror=alert(1)> **要紧**" />)
  expect(container.querySelector('img')).toBeNull()
  expect(screen.getByText('要紧').tagName).toBe('STRONG')
})
