// What staff learn, on the wire.
import type { Text } from './types'
import type { Who } from './owners'

export interface Course {
  key: string
  title: Text
  about: Text
  subject: 'disease' | 'product' | 'sop'
  sample: boolean
  version: number
  revision: number
  changed: boolean
  roles: string[]
  mine: boolean
  lessons: number
  questions: number
  pass: number
  days?: number
  state?: 'todo' | 'open' | 'passed' | 'expired' | 'failed' | ''
  left?: number
  expires?: string
  score?: number
  staff?: { all: number; passed: number; expired: number; failed: number; todo: number }
}

export interface Lesson {
  title: Text
  body: Text
}

export interface Question {
  kind: 'single' | 'multiple' | 'boolean'
  text: Text
  options: Text[]
  right: number[]
  why: Text
}

export interface CourseDoc {
  title: Text
  about: Text
  subject: 'disease' | 'product' | 'sop'
  approval?: string
  roles: string[]
  lessons: Lesson[]
  exam: { pass: number; attempts?: number; days?: number; questions: Question[] }
}

export interface CoursePage extends Course {
  read: Lesson[]
  draft?: CourseDoc
}

export interface Paper {
  id: string
  course: string
  title: Text
  version: number
  pass: number
  questions: { kind: 'single' | 'multiple' | 'boolean'; text: Text; options: Text[] }[]
}

export interface Result {
  score: number
  passed: boolean
  expires?: string
  marks: { right: boolean; why: Text }[]
}

export interface StaffResult {
  staff: Who
  course: string
  title: Text
  version: number
  at: string
  score: number
  passed: boolean
  expires?: string
  expired: boolean
}
