package match

import "slices"

// copies is how many rows with the same values in every field are compared. A list of orders has a customer a thousand times: such
// rows say no more about how names and slips are spread than a few of them do, and they would drown what the others say. Further
// ones go wherever the first of them goes.
const copies = 5

// fold leaves further copies out of what is compared.
func (p *people) fold() {
	seen := map[string][]int32{} // by values, the rows that are kept
	key := make([]byte, 0, 4*len(p.fields))
	p.at = make([]int32, p.rows)
	for row := range p.rows {
		key = key[:0]
		for _, f := range p.fields {
			v := f.of[row]
			key = append(key, byte(v), byte(v>>8), byte(v>>16), byte(v>>24))
		}
		same := seen[string(key)]
		if len(same) >= copies {
			p.at[row] = same[0]
			if p.further == nil {
				p.further = map[int32][]int{}
			}
			p.further[same[0]] = append(p.further[same[0]], row)
			continue
		}
		n := int32(len(p.from))
		p.at[row] = n
		p.from = append(p.from, row)
		seen[string(key)] = append(same, n)
	}
	if p.further == nil {
		return
	}
	for _, f := range p.fields {
		of := make([]int32, len(p.from))
		for n, row := range p.from {
			of[n] = f.of[row]
		}
		f.of = of
	}
	p.rows = len(p.from)
}

// unfold gives the rows of the table that stand for those that were compared, with their further copies, in order.
func (p *people) unfold(compared []int) []int {
	var rows []int
	for _, n := range compared {
		rows = append(rows, p.from[n])
		rows = append(rows, p.further[int32(n)]...)
	}
	slices.Sort(rows)
	return rows
}
