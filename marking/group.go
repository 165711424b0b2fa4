package marking

import "slices"

// Group is a product group of the marking system. A code does not tell its
// group: that comes from the goods catalogue or from a permit answer, never
// from the layout (M9). The other way round works: [Group.Allows].
type Group struct {
	// ID is the groupId of the marking system's answers.
	ID int
	// Code is its short name, pg: "lp", "shoes", "tobacco".
	Code string
	// Goods says in English what belongs to it.
	Goods string
	// Layouts are the rows of the layout table that its marks follow.
	Layouts []Layout
	// Kinds are the other kinds of codes that its goods carry.
	Kinds []Kind
	// Excise is true for excise goods: payment item sign 31 instead of 33.
	Excise bool
	// Expires is true where the permit mode looks at the expiry date.
	Expires bool
}

// Allows says whether the code's kind and layout are usual in the group. A
// false is a hint for support, not a reason to refuse a sale.
func (g Group) Allows(c Code) bool {
	if c.kind != KindGS1M {
		return slices.Contains(g.Kinds, c.kind)
	}
	return slices.Contains(g.Layouts, c.layout)
}

// The layouts that groups share.
var (
	short7  = []Layout{LayoutS7}
	short13 = []Layout{LayoutS13}
	long13  = []Layout{LayoutL44Serial13}
	long20  = []Layout{LayoutL44Serial20}
	any6    = []Layout{LayoutS6, LayoutL44Serial6}
	any13   = []Layout{LayoutS13, LayoutL44Serial13}
	any20   = []Layout{LayoutS20, LayoutL44Serial20}
	mixed   = []Layout{LayoutS6, LayoutL44Serial13} // 6 (S) / 13 (L44)
	six13   = []Layout{LayoutS6, LayoutS13, LayoutL44Serial6, LayoutL44Serial13}
	pack    = []Kind{KindKMK}
)

// groups is the group table, in the order of the numbers.
var groups = [...]Group{
	{ID: 1, Code: "lp", Goods: "clothes, linen", Layouts: []Layout{LayoutL44Serial13, LayoutL88Serial13}},
	{ID: 2, Code: "shoes", Goods: "footwear", Layouts: []Layout{LayoutL88Serial13, LayoutL88Serial13With240}},
	{ID: 3, Code: "tobacco", Goods: "tobacco", Layouts: []Layout{LayoutP7, LayoutP7With240}, Kinds: pack, Excise: true},
	{ID: 4, Code: "perfumery", Goods: "perfume", Layouts: long13},
	{ID: 5, Code: "tires", Goods: "tyres", Layouts: long13},
	{ID: 6, Code: "electronics", Goods: "cameras, flashes", Layouts: long20},
	{ID: 7, Code: "pharma", Goods: "medicine", Layouts: long13},
	{ID: 8, Code: "milk", Goods: "dairy", Layouts: []Layout{LayoutS6, LayoutS6W, LayoutWS6}, Expires: true},
	{ID: 9, Code: "bicycle", Goods: "bicycles", Layouts: long13},
	{ID: 10, Code: "wheelchairs", Goods: "medical devices, wheelchairs", Layouts: long13},
	{ID: 12, Code: "otp", Goods: "alternative tobacco", Layouts: short7, Kinds: pack, Excise: true},
	{ID: 13, Code: "water", Goods: "packed water", Layouts: short13, Expires: true},
	{ID: 14, Code: "furs", Goods: "furs (old signs)", Kinds: []Kind{KindFur}},
	{ID: 15, Code: "beer", Goods: "beer, low-alcohol", Layouts: []Layout{LayoutS7, LayoutS7V}, Excise: true, Expires: true},
	{ID: 16, Code: "ncp", Goods: "nicotine-containing", Kinds: pack, Excise: true},
	{ID: 17, Code: "bio", Goods: "supplements", Layouts: any13},
	{ID: 19, Code: "antiseptic", Goods: "antiseptics", Layouts: any13},
	{ID: 20, Code: "petfood", Goods: "pet food", Layouts: any6},
	{ID: 21, Code: "seafood", Goods: "caviar", Layouts: any6},
	{ID: 22, Code: "nabeer", Goods: "non-alcoholic beer", Layouts: short7, Excise: true, Expires: true},
	{ID: 23, Code: "softdrinks", Goods: "juice, soft drinks", Layouts: short13, Expires: true},
	{ID: 25, Code: "meat", Goods: "meat", Layouts: six13},
	{ID: 26, Code: "vetpharma", Goods: "vet drugs", Layouts: long13},
	{ID: 27, Code: "toys", Goods: "toys", Layouts: six13},
	{ID: 28, Code: "radio", Goods: "radio-electronics", Layouts: any20},
	{ID: 31, Code: "titan", Goods: "titanium", Layouts: short13},
	{ID: 32, Code: "conserve", Goods: "canned food", Layouts: any6},
	{ID: 33, Code: "vegetableoil", Goods: "vegetable oil", Layouts: any13},
	{ID: 34, Code: "opticfiber", Goods: "optical fibre", Layouts: any13},
	{ID: 35, Code: "chemistry", Goods: "cosmetics, household chemicals", Layouts: any6},
	{ID: 36, Code: "books", Goods: "books", Layouts: long13},
	{ID: 37, Code: "grocery", Goods: "grocery", Layouts: any13},
	{ID: 39, Code: "construction", Goods: "building materials", Layouts: any13},
	{ID: 40, Code: "fire", Goods: "fire safety", Layouts: mixed},
	{ID: 41, Code: "heater", Goods: "heaters", Layouts: any6},
	{ID: 42, Code: "cableraw", Goods: "cables", Layouts: any13},
	{ID: 43, Code: "autofluids", Goods: "motor oils and fluids", Layouts: any13},
	{ID: 44, Code: "polymer", Goods: "polymer pipes", Layouts: any6},
	{ID: 45, Code: "sweets", Goods: "sweets", Layouts: mixed},
	{ID: 48, Code: "carparts", Goods: "car parts", Layouts: mixed},
	{ID: 49, Code: "furslp", Goods: "furs", Layouts: long13},
	{ID: 50, Code: "nicotindev", Goods: "e-cigarette devices", Layouts: any13},
	{ID: 51, Code: "gadgets", Goods: "phones, notebooks", Layouts: any20},
	{ID: 52, Code: "frozen", Goods: "frozen food", Layouts: mixed},
	{ID: 53, Code: "fertilizers", Goods: "fertilisers", Layouts: mixed},
	{ID: 54, Code: "homeware", Goods: "homeware", Layouts: mixed},
	{ID: 55, Code: "vetbio", Goods: "feed additives, vet biologicals", Layouts: mixed},
	{ID: 57, Code: "industrial", Goods: "industrial goods", Layouts: mixed},
	{ID: 59, Code: "pyrotechnics", Goods: "pyrotechnics", Layouts: mixed},
}

// Groups returns the group table in the order of the numbers. The caller owns it.
func Groups() []Group {
	list := slices.Clone(groups[:])
	for i := range list {
		list[i].Layouts = slices.Clone(list[i].Layouts)
		list[i].Kinds = slices.Clone(list[i].Kinds)
	}
	return list
}

// FindGroup returns the group with the number.
func FindGroup(id int) (Group, bool) {
	for _, g := range groups {
		if g.ID == id {
			g.Layouts, g.Kinds = slices.Clone(g.Layouts), slices.Clone(g.Kinds)
			return g, true
		}
	}
	return Group{}, false
}

// FindGroupByCode returns the group with the short name.
func FindGroupByCode(code string) (Group, bool) {
	for _, g := range groups {
		if g.Code == code {
			return FindGroup(g.ID)
		}
	}
	return Group{}, false
}
