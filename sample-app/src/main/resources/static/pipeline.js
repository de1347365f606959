const $ = (id) => document.getElementById(id);
const LOOK_EVERY_MILLIS = 500;
const MANY = 20;

const classes = { failed: 'refused', billed: 'cache', mailed: 'allowed' };
let orders = 0;
let bugFixed = false;

async function send(path, method, body) {
	const response = await fetch('/api/pipeline' + path, {
		method,
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify(body),
	});
	if (!response.ok) {
		throw new Error((await response.json()).detail ?? `The shop answered with status ${response.status}`);
	}
	return response;
}

const place = (article) => send('/orders', 'POST',
	{ number: `${Date.now() % 1_000_000}-${++orders}`, customer: $('customer').value, article });

async function look() {
	const response = await fetch('/api/pipeline');
	if (!response.ok) {
		throw new Error(`The shop answered with status ${response.status}`);
	}
	const { events, deadLetters, mailsWaiting } = await response.json();
	$('mails').textContent = mailsWaiting;
	$('dead').replaceChildren(...deadLetters.map(({ payload, attempts, error }) => {
		const item = document.createElement('li');
		const { number, article } = JSON.parse(payload);
		item.textContent = `order ${number}, ${article}: ${attempts} attempts. ${error}`;
		return item;
	}));
	$('events').replaceChildren(...events.map(({ at, what, text }) => {
		const row = document.createElement('tr');
		for (const value of [text, what, new Date(at).toLocaleTimeString()]) {
			row.insertCell().textContent = value;
		}
		row.cells[1].className = classes[what] ?? '';
		row.cells[2].className = 'number';
		return row;
	}));
}

/** Runs something with what went wrong in plain sight. */
async function act(action) {
	try {
		await action();
		$('problem').hidden = true;
	}
	catch (error) {
		$('problem').textContent = error.message;
		$('problem').hidden = false;
	}
}

$('place').addEventListener('submit', (event) => {
	event.preventDefault();
	act(() => place($('article').value));
});

$('many').addEventListener('click', () => act(() => Promise.all(Array.from({ length: MANY }, () => place('lamp')))));

$('fix').addEventListener('click', () => act(async () => {
	await send('/release', 'PUT', { bugFixed: !bugFixed });
	bugFixed = !bugFixed;
	$('fix').textContent = bugFixed ? 'Roll out the release with the bug again' : 'Roll out a release without the bug';
}));

$('replay').addEventListener('click', () => act(async () => {
	const { orders: replayed } = await (await send('/replay', 'POST', {})).json();
	$('replayed').textContent = `${replayed} orders were sent again`;
}));

async function watch() {
	if (!document.hidden) {
		await act(look);
	}
	setTimeout(watch, LOOK_EVERY_MILLIS);
}

watch();
