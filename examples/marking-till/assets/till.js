'use strict';
// The page of the till: sends keys and clicks, shows the state that the server
// sends. It decides nothing about the sale; it only tells a scanner's keys from a
// person's, so that a scan neither presses a button nor stays in a field.

const $ = id => document.getElementById(id);
const gap = +document.body.dataset.gap;         // ms between two keys of a scan, at most
const minimum = +document.body.dataset.minimum; // characters of a scan, at least
const silence = +document.body.dataset.silence; // ms that end a scan without Enter

// Calls go out one after another: keys must arrive in the order they were typed.
let calls = Promise.resolve();
function call(path, body) {
	calls = calls.then(async () => {
		try {
			const r = await fetch('api/' + path, {
				method: 'POST',
				headers: {'Content-Type': 'application/json'},
				body: JSON.stringify(body ?? {}),
			});
			if (!r.ok) console.warn(path, r.status, await r.text());
		} catch (e) {
			console.warn(path, e);
		}
	});
	return calls;
}

// ---- keys ----

const burst = {count: 0, at: -1e9, field: null, before: '', alt: ''};
let queue = [], flush = 0, tick = 0;

function send(key) {
	queue.push(key);
	flush ||= setTimeout(() => {
		call('keys', {keys: queue});
		queue = [];
		flush = 0;
	}, 15);
	clearTimeout(tick);
	tick = setTimeout(() => call('keys', {keys: [{t: performance.now(), k: 'tick'}]}), silence + 20);
}

// begun starts a run of keys, which may turn out to be a scan.
function begun(e) {
	if (e.timeStamp - burst.at > gap) {
		const f = document.activeElement;
		burst.count = 0;
		burst.field = f && f.tagName === 'INPUT' ? f : null;
		burst.before = burst.field ? burst.field.value : '';
	}
	burst.at = e.timeStamp;
}

const isScan = e => burst.count >= minimum && e.timeStamp - burst.at <= silence;

// restore takes a scan out of the field that it was typed into.
function restore() {
	if (burst.field) burst.field.value = burst.field === $('scan') ? '' : burst.before;
}

document.addEventListener('keydown', e => {
	const t = e.timeStamp;
	const typing = document.activeElement && ['INPUT', 'SELECT', 'TEXTAREA'].includes(document.activeElement.tagName);
	if (e.key === 'F8') { // GS, and nothing of the browser's
		e.preventDefault();
		begun(e);
		burst.count++;
		send({t, k: 'f8'});
		return;
	}
	if (e.key === 'Enter' || e.key === 'Tab') {
		if (isScan(e)) { // it ends the scan and must press no button
			e.preventDefault();
			e.stopPropagation();
			send({t, k: e.key.toLowerCase()});
			restore();
			burst.count = 0;
		} else {
			send({t, k: 'other'});
		}
		return;
	}
	if (e.altKey && /^Numpad[0-9]$/.test(e.code)) { // ALT+029 is made by hand here
		e.preventDefault();
		begun(e);
		send({t, k: 'rune', r: e.code.slice(6), alt: true});
		burst.alt += e.code.slice(6);
		return;
	}
	if ((e.ctrlKey && (e.key === ']' || e.code === 'BracketRight')) || e.key === '\x1d') {
		e.preventDefault();
		begun(e);
		burst.count++;
		send({t, k: 'rune', r: '\x1d'});
		return;
	}
	if ([...e.key].length !== 1) return; // Shift, arrows, dead keys
	if ((e.ctrlKey && !e.altKey) || e.metaKey) { // shortcuts of people; AltGr is Ctrl with Alt
		if ('mji'.includes(e.key.toLowerCase()) && isScan(e)) {
			e.preventDefault();
			send({t, k: 'enter'});
			restore();
		}
		return;
	}
	begun(e);
	burst.count++;
	send({t, k: 'rune', r: e.key});
	if (!typing && burst.count > 1) e.preventDefault();
}, true);

document.addEventListener('keyup', e => {
	if (e.key === 'Alt' && burst.alt) {
		e.preventDefault(); // no menu
		burst.count++;
		burst.alt = '';
		burst.at = e.timeStamp;
		send({t: e.timeStamp, k: 'altup'});
	}
	// A button is pressed by the release of the space bar: never by a scan's.
	if (e.key === ' ' && burst.count > 1 && e.timeStamp - burst.at <= gap) e.preventDefault();
}, true);

document.addEventListener('paste', e => {
	const f = document.activeElement;
	if (f && f.tagName === 'INPUT' && f !== $('scan')) return;
	e.preventDefault();
	call('scan', {text: e.clipboardData.getData('text')});
});

$('scan-form').addEventListener('submit', e => {
	e.preventDefault();
	const text = $('scan').value;
	$('scan').value = '';
	if (text.trim() !== '') call('scan', {text});
});

// ---- clicks ----

let state = null;
$('message-ok').onclick = () => answer(state.message.answers[0].id);
$('message-snooze').onclick = () => answer('snooze');
$('close').onclick = () => call('close', {payment: $('payment').value});
$('cancel').onclick = () => call('cancel');
$('stop').onclick = () => fetch('api/stop', {method: 'POST', headers: {'Content-Type': 'application/json'}, body: '{}'});
$('unmarked').onclick = () => call('unmarked');
$('price').onchange = () => call('price', {price: $('price').value});
$('kind').onchange = () => call('kind', {kind: $('kind').value});

function answer(id) {
	if (state && state.message) call('answer', {seq: state.message.seq, answer: id});
	$('scan').focus();
}

// ---- state ----

function element(tag, props, ...children) {
	const e = Object.assign(document.createElement(tag), props);
	e.append(...children);
	return e;
}

function row(item) {
	const remove = element('button', {type: 'button', textContent: '✕', title: state.remove, disabled: !state.open});
	remove.setAttribute('aria-label', state.remove + ' ' + item.n);
	remove.onclick = () => call('remove', {n: item.n});
	return element('tr', {},
		element('td', {textContent: item.n}),
		element('td', {}, item.name, element('span', {className: 'code', textContent: item.code})),
		element('td', {className: item.tone, textContent: item.state}),
		element('td', {className: 'num', textContent: item.price}),
		element('td', {}, remove));
}

let shown = {};
function changed(what, value) { // redraw only what changed: a field in use keeps its caret
	const text = JSON.stringify(value ?? null);
	if (shown[what] === text) return false;
	shown[what] = text;
	return true;
}

function show(s) {
	const before = state;
	state = s;
	$('register').textContent = s.register;
	$('counter').textContent = s.counter;
	$('counter').className = s.saved >= s.limit ? 'full' : s.saved >= s.limit - 8 ? 'near' : '';
	if (changed('items', [s.items, s.open])) $('rows').replaceChildren(...s.items.map(row));
	$('items').hidden = s.items.length === 0;
	$('empty').hidden = s.items.length > 0 || s.receipt !== null;
	$('total').textContent = s.total;
	if (document.activeElement !== $('price')) $('price').value = s.price;
	$('close').disabled = !s.open || s.items.length === 0;
	$('cancel').disabled = s.items.length === 0 || !s.open;
	$('unmarked').disabled = !s.open;
	$('kind').value = s.kind;
	$('kind').disabled = s.items.length > 0 || !s.open;
	$('busy').hidden = s.busy === '';
	$('busy-text').textContent = s.busy;
	$('progress').hidden = s.progress === null;
	if (s.progress) {
		$('progress').setAttribute('aria-valuemax', s.progress.total);
		$('progress').setAttribute('aria-valuenow', s.progress.done);
		$('bar').style.width = 100 * s.progress.done / Math.max(1, s.progress.total) + '%';
		$('progress-text').textContent = s.progress.text;
	}
	message(s.message, before && before.message);
	if (changed('receipt', s.receipt)) receipt(s.receipt);
}

function message(m, old) {
	$('message').hidden = m === null;
	if (m === null || (old && old.seq === m.seq)) return;
	$('message').className = m.severity;
	$('message').dataset.id = m.id;
	$('message-text').textContent = m.text;
	$('support').hidden = m.support === '';
	$('support').open = false;
	$('support-text').textContent = m.support;
	$('message-ok').textContent = m.answers[0].text;
	const snooze = m.answers.find(a => a.id === 'snooze');
	$('message-snooze').hidden = !snooze;
	if (snooze) $('message-snooze').textContent = snooze.text;
	$('message-more').replaceChildren(...m.answers.slice(1).filter(a => a !== snooze).map(a => {
		const b = element('button', {type: 'button', textContent: a.text});
		b.dataset.testid = 'message-' + a.id;
		b.onclick = () => answer(a.id);
		return b;
	}));
	$('message-ok').focus();
}

function receipt(r) {
	$('receipt').hidden = r === null;
	if (r === null) return;
	const lines = r.lines.map(l => l.rule ? element('hr', {}) :
		element('div', {className: 'line ' + (l.class || '')},
			element('span', {textContent: l.left}),
			...(l.right ? [element('span', {textContent: l.right})] : [])));
	$('receipt').replaceChildren(...lines, ...(r.qr ? [element('img', {className: 'qr', src: r.qr, alt: r.qrText})] : []));
	$('receipt').scrollIntoView({block: 'nearest'});
}

function connect() {
	const source = new EventSource('api/events');
	source.onopen = () => { $('lost').hidden = true; };
	source.onmessage = e => show(JSON.parse(e.data));
	source.onerror = () => {
		$('lost').hidden = false;
		if (source.readyState === EventSource.CLOSED) setTimeout(connect, 1000);
	};
}
connect();
