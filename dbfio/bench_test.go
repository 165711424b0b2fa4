package dbfio

// benchColumns is the users schema and one column more: 30 columns in records
// of 1017 bytes, as rule D13 has them.
var benchColumns = func() []Column {
	cols, err := ParseColumns("ID,C,40;SYNCID,C,40;OPERATION,C,1;DEPART,C,100;DEPSYNCID,C,40;ISCAR,L;" +
		"SHORTNAME,C,16;FULLNAME,C,50;KEY,C,16;KEY_TYPE,N,2;RFID,C,19;PIN,N,9;DAYLIMIT,N,5;" +
		"ALLLIMIT,N,7;DOPLIMIT,N,7;LIMITTYPE,N,2;DEFGSM,C,255;TIMELIMIT,D;SMBEGTIME,C,5;" +
		"STATIONS,C,255;CANTIDE,L;REQDRIVER,L;REQCAR,L;REQODOMETR,L;TECHTIDE,L;PROTECTKEY,L;" +
		"DEFCARID,N,10;CARDNUM,C,20;NUMLOGIN,L;REMARK,C,101")
	if err != nil {
		panic(err)
	}
	return cols
}()
