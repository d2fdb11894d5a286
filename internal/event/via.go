package event

// Via says by which identifiers an event came, so that what came by one can be told apart when that one turns out to be somebody else's: a
// few bits of the keyed hash of each, together. It holds nothing of an identifier's value. 0: by none, as what staff enter, or it is not known.
type Via uint64

// viaBits is how many bits a Via has, and viaEach how many of them an identifier sets: of two identifiers one in 17,000 looks like the other,
// and six bytes are what the database keeps.
const (
	viaBits = 48
	viaEach = 3
)

// ViaOf are the bits of one identifier.
func ViaOf(hash [16]byte) (v Via) {
	set := 0
	for i := 0; set < viaEach && i < len(hash); i++ {
		if bit := Via(1) << (hash[i] % viaBits); v&bit == 0 {
			v |= bit
			set++
		}
	}
	return v
}

// By reports whether an event came by an identifier, alone or with others.
func (v Via) By(id Via) bool { return id != 0 && v&id == id }
