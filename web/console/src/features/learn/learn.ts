// Courses and exams of staff: what the pages ask and do.
import { queryOptions } from '@tanstack/react-query'
import { get, newKey, post, put } from '../../../../client/http'
import type { Course, CourseDoc, CoursePage, Paper, Result, StaffResult } from '../../../../client/courses'
import type { Page } from '../../../../client/owners'

export const coursesQuery = queryOptions({ queryKey: ['courses', 'list'] as const, queryFn: ({ signal }) => get<Page<Course>>('/api/courses', { signal }) })
export const courseQuery = (key: string) => queryOptions({ queryKey: ['courses', 'one', key] as const, queryFn: ({ signal }) => get<CoursePage>(`/api/courses/${key}`, { signal }) })
export const resultsQuery = (course: string) => queryOptions({ queryKey: ['courses', 'results', course] as const, queryFn: ({ signal }) => get<Page<StaffResult>>('/api/course-results', { signal, query: { course, limit: 200 } }) })

export const saveCourse = (key: string, doc: CourseDoc, revision: number) => put<CoursePage>(`/api/courses/${key}`, doc, { ifMatch: revision })
export const publishCourse = (key: string, revision: number) => post<CoursePage>(`/api/courses/${key}/publish`, {}, { ifMatch: revision })
export const beginExam = (key: string) => post<Paper>(`/api/courses/${key}/exam`, {})
export const handIn = (id: string, answers: number[][]) => post<Result>(`/api/exams/${id}/hand-in`, { answers }, { idempotencyKey: newKey() })

export const emptyDoc = (): CourseDoc => ({ title: { zh: '', en: '' }, about: { zh: '', en: '' }, subject: 'disease', roles: [], lessons: [], exam: { pass: 80, questions: [] } })
