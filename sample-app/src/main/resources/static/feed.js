const $ = (id) => document.getElementById(id);
const CHANGES_SHOWN = 20;

const euros = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' });

function row(texts) {
	const row = $('changes').insertRow(0);
	for (const text of texts) {
		row.insertCell().textContent = text;
	}
	while ($('changes').rows.length > CHANGES_SHOWN) {
		$('changes').deleteRow(-1);
	}
	return row;
}

function show({ productId, name, price, sold, at }) {
	const added = row([`${productId}: ${name}`, sold ? `${sold} sold` : 'new price', euros.format(price),
		`${Math.max(0, Date.now() - Date.parse(at))} ms`]);
	added.cells[1].className = sold ? 'cache' : 'database';
	added.cells[2].className = added.cells[3].className = 'number';
}

function listen() {
	const changes = new EventSource('/api/feed');
	changes.addEventListener('connected', (event) => {
		$('state').textContent = `connected, one of ${event.data} at this instance`;
		$('state').className = 'allowed';
	});
	changes.addEventListener('change', (event) => show(JSON.parse(event.data)));
	changes.addEventListener('gap', () => row(['The shop was cut off from Redis: changes may be missing here']));
	changes.addEventListener('error', () => {
		$('state').textContent = 'interrupted; the browser connects again';
		$('state').className = 'refused';
	});
}

async function send(path, method, body) {
	const response = await fetch(path, {
		method,
		headers: { 'Content-Type': 'application/json' },
		body: JSON.stringify(body),
	});
	if (!response.ok) {
		throw new Error((await response.json()).detail ?? `The shop answered with status ${response.status}`);
	}
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

$('change').addEventListener('submit', (event) => {
	event.preventDefault();
	act(() => send(`/api/products/${$('product').value}/price`, 'PUT', { price: Number($('price').value) }));
});

$('sell').addEventListener('click', () => act(() => send('/api/orders', 'POST',
	{ customer: 'feed', items: [{ productId: Number($('product').value), quantity: 1 }] })));

listen();
