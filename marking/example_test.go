package marking_test

import (
	"fmt"

	"github.com/obmen-go/obmen/marking"
)

// A scanner that is not set up to send GS, behind a keyboard in Russian.
func Example() {
	for _, scan := range []string{
		"0104603934000748215rRFTn7CqRO6f93AZub",
		"0104603745968015215НОАЭЯ93ТПм1",
		"0104603934000748215rRFTn7CqRO6",
	} {
		code, err := marking.Read(scan, nil)
		if e, ok := err.(*marking.Error); ok {
			fmt.Println(e.Code(), "·", e.Message("ru"))
			continue
		}
		fmt.Println(code.Kind(), code.Layout(), code.Identity())
		for action := range code.Actions() {
			fmt.Println("  ", action)
		}
		fmt.Println("  ", code.HexPairs())
	}
	// Output:
	// GS1M S13 0104603934000748215rRFTn7CqRO6f
	//    gs-restored@31
	//    30 31 30 34 36 30 33 39 33 34 30 30 30 37 34 38 32 31 35 72 52 46 54 6E 37 43 71 52 4F 36 66 1D 39 33 41 5A 75 62
	// GS1M S6 0104603745968015215YJF"Z
	//    layout-undone
	//    gs-restored@24
	//    30 31 30 34 36 30 33 37 34 35 39 36 38 30 31 35 32 31 35 59 4A 46 22 5A 1D 39 33 4E 47 76 31
	// MARK-UNRESTORABLE · В коде (символов: 30) потеряны разделители GS, восстановить их нельзя. Отсканируйте ещё раз сканером, который передаёт GS.
}

// A code with all its separators, taken apart.
func ExampleParse() {
	code, err := marking.Parse("010460398800901821A607HFH2F8A72\x1d91EE06\x1d926JA7SufMj6E1o7P99EZkFxZc4XRV8LwK5P8w7V60GcA=", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for e := range code.Elements() {
		fmt.Printf("%-4s %s\n", e.AI, e.Value)
	}
	fmt.Println("checksum", code.Checksum())
	// Output:
	// 01   04603988009018
	// 21   A607HFH2F8A72
	// 91   EE06
	// 92   6JA7SufMj6E1o7P99EZkFxZc4XRV8LwK5P8w7V60GcA=
	// checksum ok
}

// The separators are put back by lengths, not by a search: this GTIN, serial and
// tail are full of 93.
func ExampleRestore() {
	code, err := marking.Restore("0104693939300010219393939393939" + "939393")
	fmt.Printf("%q %v\n", code.Text(), err)
	_, err = marking.Restore("0104603934000748215rRFTn7CqRO6f93AZub" + "17261231")
	fmt.Println(err)
	// Output:
	// "0104693939300010219393939393939\x1d939393" <nil>
	// marking: the code of 45 characters has lost its separators and fits no layout; scan again with a scanner that sends GS
}

// The layout table as data.
func ExampleLayouts() {
	for _, row := range marking.Layouts()[:8] {
		fmt.Println(row.Layout, row.Serial, row.Length, row.AIs, row.Offsets)
	}
	// Output:
	// S6 6 30 [93] [24]
	// S7 7 31 [93] [25]
	// S13 13 37 [93] [31]
	// S20 20 44 [93] [38]
	// S6+W 6 40 [93 310] [24 30]
	// W+S6 6 40 [310 93] [24 34]
	// S7+V 7 41 [93 335] [25 31]
	// P7 7 41 [8005 93] [25 35]
}

// What a register will say, before anything is sent to it.
func ExamplePredict() {
	for _, sent := range []string{
		"0104603934000748215rRFTn7CqRO6f\x1d93AZub",
		"0104603934000748215rRFTn7CqRO6f93AZub",
	} {
		fmt.Println(marking.Predict(sent), marking.Predict(sent).Good())
		for _, cause := range marking.Diagnose(sent) {
			fmt.Println("  ", cause.Message("ru"))
		}
	}
	// Output:
	// 5 true
	// 255 false
	//    Нет разделителей GS: сканер их не передаёт.
}

// The price inside the code of a pack of cigarettes.
func ExampleCode_Price() {
	code, err := marking.Read("04601653035829H;dV)bFABVUdGVz", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	kopecks, ok := code.Price()
	fmt.Println(code.Identity(), kopecks, ok)
	tag, value := code.ProductTag()
	fmt.Println(tag, value)
	// Output:
	// 04601653035829H;dV)bF 8100 true
	// 1306 010460165303582921H;dV)bF
}
