package bluetooth

import (
	"math"
	"time"
)

// Meal is how a measurement stands to meals; 0: not said.
type Meal uint8

// Meals, as the Glucose Service numbers them.
const (
	BeforeMeal Meal = 1
	AfterMeal  Meal = 2
	Fasting    Meal = 3
	Casual     Meal = 4 // a snack, a drink
	Bedtime    Meal = 5
)

// Carbohydrate is what the carbohydrate was; 0: not said.
type Carbohydrate uint8

// Carbohydrates, as the Glucose Service numbers them.
const (
	Breakfast Carbohydrate = 1
	Lunch     Carbohydrate = 2
	Dinner    Carbohydrate = 3
	Snack     Carbohydrate = 4
	Drink     Carbohydrate = 5
	Supper    Carbohydrate = 6
	Brunch    Carbohydrate = 7
)

// Insulin is what was injected; 0: not said.
type Insulin uint8

// Insulins, as the Glucose Service numbers them.
const (
	RapidActing        Insulin = 1
	ShortActing        Insulin = 2
	IntermediateActing Insulin = 3
	LongActing         Insulin = 4
	Premixed           Insulin = 5
)

// Context is one 0x2A34 packet: what goes with the measurement of its sequence. What was not said is NaN or 0.
type Context struct {
	Sequence  uint16
	Carbs     float64 // g
	CarbsOf   Carbohydrate
	Meal      Meal
	Tester    uint8 // 1 the person, 2 staff, 3 a laboratory
	Health    uint8 // 1 a minor illness, 2 a major one, 3 menses, 4 stress, 5 none
	Exercise  time.Duration
	Intensity uint8 // percent
	Insulin   Insulin
	Dose      float64 // mg of a medicine, or mL of one that is told as a volume
	Volume    bool    // Dose is in mL
	HbA1c     float64 // percent
}

// Flags of a 0x2A34 packet.
const (
	hasCarbs = 1 << iota
	hasMeal
	hasTester
	hasExercise
	hasMedicine
	medicineInLitres
	hasHbA1c
	hasMoreFlags
)

// Powers of ten.
const (
	gramsOfKg      = 3
	milligramsOfKg = 6
	millilitresOfL = 3
)

const exerciseOver = 0xffff // longer than the field can say

// DecodeContext reads a 0x2A34 packet. It refuses one that is not as long as its flags say.
func DecodeContext(packet []byte) (Context, error) {
	p := reader{rest: packet}
	flags := p.byte()
	nan := math.NaN()
	c := Context{Sequence: p.short(), Carbs: nan, Dose: nan, HbA1c: nan}
	if flags&hasMoreFlags != 0 {
		p.byte() // all reserved
	}
	if flags&hasCarbs != 0 {
		c.CarbsOf = Carbohydrate(p.byte())
		c.Carbs = p.float(gramsOfKg)
	}
	if flags&hasMeal != 0 {
		c.Meal = Meal(p.byte())
	}
	if flags&hasTester != 0 {
		who := p.byte()
		c.Tester, c.Health = who&0xf, who>>4
	}
	if flags&hasExercise != 0 {
		if s := p.short(); s != exerciseOver {
			c.Exercise = time.Duration(s) * time.Second
		}
		c.Intensity = p.byte()
	}
	if flags&hasMedicine != 0 {
		c.Insulin = Insulin(p.byte())
		c.Volume = flags&medicineInLitres != 0
		shift := milligramsOfKg
		if c.Volume {
			shift = millilitresOfL
		}
		c.Dose = p.float(shift)
	}
	if flags&hasHbA1c != 0 {
		c.HbA1c = p.float(0)
	}
	if err := p.end(); err != nil {
		return Context{}, err
	}
	return c, nil
}
