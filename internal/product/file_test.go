package product_test

import (
	"strings"
	"testing"

	"peiban/internal/product"
)

const table = "名称,类别,店铺编码,条码,标题里的词,每盒数量,每天用量,停用\n" +
	"试纸 50 片,试纸,tmall:ACC-50; GX50,6901234567892,试纸 50片;strips 50,50,2,\n" +
	"血糖仪,meter,,,,,,是\n玩具,玩具,,,,,,\n试纸 50 片,试纸,,,,,,\n坏,试纸,,,,很多,,\n"

func TestProductsAreReadFromATableAndFromYAMLAlike(t *testing.T) {
	ps, refused, err := product.Read(strings.NewReader(table))
	if err != nil {
		t.Fatal(err)
	}
	if len(ps) != 2 || len(refused) != 3 {
		t.Fatalf("%d products, %d refused", len(ps), len(refused))
	}
	p := ps[0]
	if p.Units != 50 || p.PerDay != 2 || len(p.SKUs) != 2 || p.SKUs[0] != (product.SKU{Shop: "tmall", Code: "ACC-50"}) || p.SKUs[1].Code != "GX50" ||
		len(p.Titles) != 2 || p.Barcodes[0] != "6901234567892" || !ps[1].Retired || p.At != 2 {
		t.Errorf("%+v", ps)
	}
	for i, want := range []struct {
		line int
		code string
	}{{4, "product_kind"}, {5, "product_twice"}, {6, "product_number"}} {
		if r := refused[i]; r.Line != want.line || r.Why.Code != want.code {
			t.Errorf("refused line %d: %v", r.Line, r.Why)
		}
	}
	const list = "products:\n- {nameZh: 试纸 50 片, kind: strips, skus: ['tmall:ACC-50', GX50], barcodes: ['6901234567892'], titles: [试纸 50片, strips 50], units: 50, perDay: 2}\n- {nameZh: 血糖仪, kind: meter, retired: true}\n"
	same, refused, err := product.Read(strings.NewReader(list))
	if err != nil || len(refused) > 0 {
		t.Fatal(err, refused)
	}
	known := func(*product.Product) bool { return true }
	first := product.Compare(product.New(0, nil, product.Setting{}), ps, known)
	if first.Added != 2 || len(first.Save) != 2 {
		t.Fatalf("%+v", first)
	}
	if d := product.Compare(product.New(1, first.Save, product.Setting{}), same, known); d.Same != 2 || len(d.Save)+len(d.Refused) > 0 {
		t.Errorf("the same as YAML changes something: %+v", d)
	}
	for _, bad := range []string{"a,b\n1,2\n", "", "products:\n- {name: x}\n"} {
		if _, _, err := product.Read(strings.NewReader(bad)); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func TestOfTwoProductsOfAFileWithOneCodeTheLaterIsRefused(t *testing.T) {
	ps, _, err := product.Read(strings.NewReader("名称,类别,店铺编码\n甲,试纸,X1\n乙,试纸,X1\n丙,试纸,GX50\n"))
	if err != nil {
		t.Fatal(err)
	}
	strips := strips
	strips.Revision = 1
	d := product.Compare(product.New(1, []product.Product{strips}, product.Setting{}), ps, func(*product.Product) bool { return true })
	if len(d.Save) != 1 || d.Save[0].NameZh != "甲" || len(d.Refused) != 2 || d.Refused[0].Line+d.Refused[1].Line != 7 {
		t.Errorf("%+v", d)
	}
}
