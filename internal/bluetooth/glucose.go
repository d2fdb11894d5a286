// Package bluetooth decodes what a glucose meter sends: the Glucose Measurement (0x2A18) and the Glucose Measurement Context
// (0x2A34) of the Bluetooth SIG's Glucose Service 1.0, and the SFLOAT of IEEE 11073-20601.
//
// It knows bytes only. Which events they become is decided where readings are taken in.
package bluetooth

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"time"
)

// ErrLength is a packet that is shorter or longer than its flags say. A meter sends whole packets: what does not fit is none.
var ErrLength = errors.New("the packet is not as long as its flags say")

// ErrTime is a packet whose clock shows no day there is: the meter was never set.
var ErrTime = errors.New("the packet's date does not exist")

// Sample is what was measured.
type Sample uint8

// Samples, as the Glucose Service numbers them; 0: not said.
const (
	CapillaryWhole    Sample = 1
	CapillaryPlasma   Sample = 2
	VenousWhole       Sample = 3
	VenousPlasma      Sample = 4
	ArterialWhole     Sample = 5
	ArterialPlasma    Sample = 6
	WholeBlood        Sample = 7
	Plasma            Sample = 8
	InterstitialFluid Sample = 9
	ControlSolution   Sample = 10
)

// Location is where the sample was taken; 0: not said.
type Location uint8

// Locations, as the Glucose Service numbers them.
const (
	Finger           Location = 1
	AlternateSite    Location = 2
	Earlobe          Location = 3
	ControlSample    Location = 4
	LocationNotKnown Location = 15
)

// Status is what the meter noticed while it measured, a bit each.
type Status uint16

// Bits of Status.
const (
	BatteryLow Status = 1 << iota
	SensorFault
	SampleTooSmall
	StripNotIn
	StripWrong
	ResultTooHigh
	ResultTooLow
	TooHot
	TooCold
	StripPulled
	OtherFault
	TimeFault
)

// Measurement is one 0x2A18 packet. The sequence names it on its device: a meter that is read twice sends the same again.
type Measurement struct {
	Sequence uint16
	// Time is the wall clock of whoever used the meter: its base time and the offset they set since. It has no zone; it is given
	// as UTC.
	Time     time.Time
	Measured bool    // it holds a concentration
	Molar    bool    // Value is in mmol/L; else in mg/dL
	Value    float64 // +Inf and -Inf: above and below what the meter measures; NaN: no number
	Sample   Sample
	Location Location
	Status   Status
	Context  bool // a 0x2A34 packet of the same sequence belongs to it
}

// Control reports whether it was the meter that was tested and not a person.
func (m *Measurement) Control() bool {
	return m.Sample == ControlSolution || m.Location == ControlSample
}

// Failed reports whether the meter says itself that the value is not to be trusted.
func (m *Measurement) Failed() bool {
	return m.Status&(SensorFault|SampleTooSmall|StripNotIn|StripWrong|TooHot|TooCold|StripPulled|OtherFault) != 0
}

// Flags of a 0x2A18 packet.
const (
	hasOffset = 1 << iota
	hasConcentration
	inMoles
	hasStatus
	hasContext
)

// Powers of ten: a kg/L is 1e5 mg/dL, a mol/L 1e3 mmol/L.
const (
	mgdlOfKg    = 5
	mmolOfMoles = 3
)

// DecodeMeasurement reads a 0x2A18 packet. It refuses one that is not as long as its flags say, and one whose date does not exist.
// Whether the value is one a person can have is not asked.
func DecodeMeasurement(packet []byte) (Measurement, error) {
	p := reader{rest: packet}
	flags := p.byte()
	m := Measurement{Sequence: p.short(), Value: math.NaN(), Molar: flags&inMoles != 0, Context: flags&hasContext != 0}
	year, month, day := int(p.short()), int(p.byte()), int(p.byte())
	hour, minute, second := int(p.byte()), int(p.byte()), int(p.byte())
	offset := 0
	if flags&hasOffset != 0 {
		offset = int(int16(p.short()))
	}
	if flags&hasConcentration != 0 {
		m.Measured = true
		shift := mgdlOfKg
		if m.Molar {
			shift = mmolOfMoles
		}
		m.Value = p.float(shift)
		kind := p.byte()
		m.Sample, m.Location = Sample(kind&0xf), Location(kind>>4)
	}
	if flags&hasStatus != 0 {
		m.Status = Status(p.short())
	}
	if err := p.end(); err != nil {
		return Measurement{}, err
	}
	base := time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC)
	if base.Year() != year || int(base.Month()) != month || base.Day() != day || base.Hour() != hour || base.Minute() != minute || base.Second() != second || year < 1582 {
		return Measurement{}, ErrTime
	}
	m.Time = base.Add(time.Duration(offset) * time.Minute)
	return m, nil
}

// reader takes a packet apart, little end first.
type reader struct {
	rest    []byte
	missing bool
}

func (r *reader) take(n int) []byte {
	if len(r.rest) < n {
		r.missing, r.rest = true, nil
		return make([]byte, n)
	}
	b := r.rest[:n]
	r.rest = r.rest[n:]
	return b
}

func (r *reader) byte() byte              { return r.take(1)[0] }
func (r *reader) short() uint16           { return binary.LittleEndian.Uint16(r.take(2)) }
func (r *reader) float(shift int) float64 { return scaled(r.short(), shift) }

func (r *reader) end() error {
	switch {
	case r.missing:
		return fmt.Errorf("%w: bytes are missing", ErrLength)
	case len(r.rest) > 0:
		return fmt.Errorf("%w: bytes are left over", ErrLength)
	}
	return nil
}
