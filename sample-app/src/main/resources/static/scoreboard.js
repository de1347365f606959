const $ = (id) => document.getElementById(id);
const LOOK_EVERY_MILLIS = 1000;
const OTHERS = 20;

const customer = () => $('customer').value;
const url = (path) => '/api/leaderboard' + path + '?span=' + $('span').value;
const of = (name) => '/customers/' + encodeURIComponent(name);

async function json(path) {
	const response = await fetch(path);
	if (response.status === 404) {
		return null;
	}
	if (!response.ok) {
		throw new Error(`The shop answered with status ${response.status}`);
	}
	return response.json();
}

async function earn(name, points) {
	const response = await fetch('/api/leaderboard' + of(name) + '/points', {
		method: 'POST',
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify({ points }),
	});
	if (!response.ok) {
		throw new Error((await response.json()).detail ?? `The shop answered with status ${response.status}`);
	}
}

function show(table, ranks) {
	$(table).replaceChildren(...ranks.map(({ member, score, position }) => {
		const row = document.createElement('tr');
		for (const text of [member, score, position]) {
			row.insertCell().textContent = text;
		}
		row.cells[0].className = member === customer() ? 'allowed' : '';
		row.cells[1].className = row.cells[2].className = 'number';
		return row;
	}));
}

async function look() {
	const [top, around, own, shops] = await Promise.all([
		json(url('')), json(url(of(customer()) + '/around')), json(url(of(customer()))), json('/api/leaderboard/shops')]);
	show('top', top);
	show('around', around);
	$('standing').textContent = own ? `${own.member} has ${own.score} points and is number ${own.position}`
		: `${customer()} has no points`;
	$('shops').replaceChildren(...Object.entries(shops).map(([id, { pid }]) => {
		const item = document.createElement('li');
		item.textContent = `${id}, process ${pid}`;
		return item;
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

$('earn').addEventListener('submit', (event) => {
	event.preventDefault();
	act(async () => {
		await earn(customer(), Number($('points').value));
		await look();
	});
});

$('crowd').addEventListener('click', () => act(async () => {
	await Promise.all(Array.from({ length: OTHERS }, (none, i) => earn('customer ' + (i + 1), 1 + Math.floor(Math.random() * 20))));
	await look();
}));

$('forget').addEventListener('click', () => act(async () => {
	await fetch('/api/leaderboard' + of(customer()), { method: 'DELETE' });
	await look();
}));

$('span').addEventListener('change', () => act(look));

async function watch() {
	if (!document.hidden && customer()) {
		await act(look);
	}
	setTimeout(watch, LOOK_EVERY_MILLIS);
}

watch();
