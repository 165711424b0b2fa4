package customrutest

func (x *call) openNonFiscal() fault {
	if x.in.U16()&^0x00E6 != 0 {
		return fault{codeBadValue, 2}
	}
	x.state, x.phase = stateNonFiscal, phaseNonFiscal
	return fault{}
}

func (x *call) text() fault {
	if x.in.U16()&^0x187E != 0 {
		return fault{codeBadValue, 2}
	}
	if len(x.in.Rest()) > 1000 {
		return fault{codeTextLong, 3}
	}
	return fault{}
}

func (x *call) picture() fault {
	number := x.in.U8()
	x.in.Bytes(6)
	if number < 1 || number > 25 {
		return fault{codeTooLarge, 2}
	}
	return fault{}
}

// barcode has three libraries with heads of their own, then the text.
func (x *call) barcode() fault {
	heads := [...]int{8, 6, 2}
	library := int(x.in.U8())
	if library >= len(heads) {
		return fault{codeNotListed, 2}
	}
	x.in.Bytes(heads[library])
	if len(x.in.Rest()) == 0 {
		return fault{107, 3}
	}
	return fault{}
}

func (x *call) closeNonFiscal() fault {
	if x.in.U16()&^0x0006 != 0 {
		return fault{codeBadValue, 2}
	}
	x.state, x.phase = stateIdle, phaseNone
	return fault{}
}

func (x *call) stopPrinting() fault {
	x.state, x.phase = stateIdle, phaseNone
	return fault{}
}

func (x *call) cut() fault {
	if x.in.U8() > 1 {
		return fault{codeTooLarge, 2}
	}
	return fault{}
}

func (x *call) drawerOpen() fault {
	if x.in.U8() > 1 {
		return fault{codeTooLarge, 2}
	}
	return fault{}
}

func (x *call) feed() fault {
	x.in.U8()
	if x.in.U8() == 0 {
		return fault{codeTooSmall, 3}
	}
	return fault{}
}
