package main

import (
	"context"
	"slices"

	"peiban/internal/ingest/device"
	"peiban/internal/ingest/rows"
	"peiban/internal/sheet"
)

// Extensions of the files of each kind, looked for in folders.
var (
	tableFiles = []string{".csv", ".txt", ".tsv", ".xlsx", ".xls"}
	bookFiles  = []string{".xlsx", ".xls"}
	jsonFiles  = []string{".json", ".jsonl", ".ndjson"}
	hexFiles   = []string{".txt", ".hex", ".log", ".csv", ".json"}
)

// dateOrder says how dates read that do not begin with the year.
type dateOrder struct {
	Dates string `help:"How dates read that do not begin with the year: mdy or dmy (default: found out from the whole file)." enum:",mdy,dmy" default:""`
}

func (d dateOrder) order() sheet.DateOrder {
	return sheet.DateOrder(max(0, slices.Index([]string{"", "mdy", "dmy"}, d.Dates)))
}

// glucoseUnit is for files that name none.
type glucoseUnit struct {
	Unit string `help:"Unit of glucose where the file names none: mmol/L or mg/dL." enum:",mmol/L,mg/dL" default:""`
}

type libreCmd struct {
	fileCmd
	dateOrder
	glucoseUnit
}

func (c libreCmd) Run(ctx context.Context, t terminal) error {
	return c.run(ctx, t, deviceKind("libreview", tableFiles, device.LibreView, device.Options{Dates: c.order(), Unit: c.Unit}))
}

type dexcomCmd struct {
	fileCmd
	dateOrder
	glucoseUnit
}

func (c dexcomCmd) Run(ctx context.Context, t terminal) error {
	return c.run(ctx, t, deviceKind("dexcom", tableFiles, device.Dexcom, device.Options{Dates: c.order(), Unit: c.Unit}))
}

type meterCmd struct {
	fileCmd
	dateOrder
	Unit string `help:"Unit of glucose: mmol/L, mg/dL, or each: every value in the one in which a meter can show it." enum:",mmol/L,mg/dL,each" default:""`
}

func (c meterCmd) Run(ctx context.Context, t terminal) error {
	return c.run(ctx, t, deviceKind("meter", tableFiles, device.Meter, device.Options{Dates: c.order(), Unit: c.Unit}))
}

type shanghaiCmd struct {
	fileCmd
	dateOrder
	glucoseUnit
}

func (c shanghaiCmd) Run(ctx context.Context, t terminal) error {
	kind := deviceKind("shanghai-t2dm", bookFiles, device.ShanghaiT2DM, device.Options{Dates: c.order(), Unit: c.Unit})
	kind.tellsWho = true
	return c.run(ctx, t, kind)
}

type nightscoutCmd struct {
	fileCmd
	dateOrder
	glucoseUnit
}

func (c nightscoutCmd) Run(ctx context.Context, t terminal) error {
	return c.run(ctx, t, deviceKind("nightscout", jsonFiles, device.Nightscout, device.Options{Dates: c.order(), Unit: c.Unit}))
}

type bluetoothCmd struct {
	fileCmd
	Device string `help:"Serial number of the meter, where the file does not say it." placeholder:"SERIAL"`
}

func (c bluetoothCmd) Run(ctx context.Context, t terminal) error {
	return c.run(ctx, t, deviceKind("bluetooth", hexFiles, device.Bluetooth, device.Options{Device: c.Device}))
}

// deviceKind is a kind of file whose format is a device's.
func deviceKind(name string, extensions []string, format func(device.Options) rows.Format, o device.Options) fileKind {
	return fileKind{name: name, extensions: extensions, format: func(a about) rows.Format {
		o := o
		o.Name, o.Whose, o.Zone, o.Now = a.name, a.whose, a.zone, a.now
		return format(o)
	}}
}
