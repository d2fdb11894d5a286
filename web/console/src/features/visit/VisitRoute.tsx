import { useParams } from '@tanstack/react-router'
import { VisitDesk } from './VisitDesk'

export function VisitRoute() {
  const { id } = useParams({ from: '/people/$id/visit' })
  return <VisitDesk key={id} id={id} />
}
