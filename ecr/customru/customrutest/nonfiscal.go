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
	number, _, left := x.in.U8(), x.in.U16(), x.in.U16()
	x.in.U16()
	switch {
	case number < 1:
		return fault{codeTooSmall, 2}
	case number > 25:
		return fault{codeTooLarge, 2}
	case left%8 != 0:
		return fault{codeBadValue, 4}
	}
	return fault{}
}

// barcode has three libraries with heads of their own, then the text.
func (x *call) barcode() fault {
	switch library := x.in.U8(); library {
	case 0:
		x.in.Bytes(4)
		position, flags := x.in.U16(), x.in.U16()
		if position > 2 {
			return fault{codeTooLarge, 5}
		}
		if kind := flags & 0xFF; kind < 1 || kind > 8 || flags&^0x33FF != 0 {
			return fault{codeNotListed, 6}
		}
	case 1:
		code := x.in.U16()
		x.in.Bytes(4)
		if code != 6 && code != 8 || x.opt.Model == ModelFusion || x.opt.Model == ModelTK302 {
			return fault{codeNotListed, 3}
		}
	case 2:
		x.in.U16()
	default:
		return fault{codeNotListed, 2}
	}
	if len(x.in.Rest()) == 0 {
		return fault{codeTextMissing, 3}
	}
	return fault{}
}

func (x *call) closeNonFiscal() fault {
	flags := x.in.U16()
	if flags&^0x0006 != 0 {
		return fault{codeBadValue, 2}
	}
	if flags&4 == 0 {
		x.cuts++
	}
	x.state, x.phase = stateIdle, phaseNone
	return fault{}
}

func (x *call) cutNonFiscal() fault {
	x.cuts++
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
	x.cuts++
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
