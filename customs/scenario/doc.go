// Package scenario replays whole conversations from JSON files: a sequence of
// sendings with the answers a person gives and the decisions that must come
// out, through customs.Run and a store, so that each step finds what the steps
// before it have stored. You need it to hold your settings and replacement
// tables against conversations that must come out in one way.
//
//	{"name": "a lost opening",
//	 "users": [{"id": "u1", "profiles": ["p1", "p2"]}], "currentUser": "u1",
//	 "settings": {"post": "10000020", "format": "5.1.0", "spec": "3.3.0"},
//	 "steps": [
//	   {"title": "the first history request", "protocol": "A",
//	    "kind": "DECL", "initiative": "USER", "message": "HISTORY",
//	    "answers": [{"prompt": "P2", "choose": "u1"}, {"prompt": "P1", "choose": "p2"},
//	                {"prompt": "P7", "main": "10000050"}],
//	    "expect": {"outcome": "DONE", "rules": ["PH2", "U9", "C8", "V3", "S2", "S8"], "user": "u1"}}]}
//
// Users, currentUser and settings hold from the step that gives them; reference
// puts a reference in the place of what is stored, lost removes it. Answers are
// choose, main and border, or do (yes, no, ok, cancel). Only the members of
// expect that stand there are compared. Protocols are kept apart by their name.
//
// A Scenario is safe for concurrent use; each Play has a store of its own.
package scenario
