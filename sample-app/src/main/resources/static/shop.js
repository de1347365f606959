'use strict';

const $ = (id) => document.getElementById(id);
const euros = new Intl.NumberFormat('en', { style: 'currency', currency: 'EUR' });
const CALLS_SHOWN = 10;

let shown = null;

/** Calls the API, notes the call in the table, and returns the body or throws what went wrong. */
async function call(method, path, body) {
	const response = await fetch('/api' + path, {
		method,
		headers: body ? { 'Content-Type': 'application/json' } : {},
		body: body && JSON.stringify(body)
	});
	const call = {
		name: method + ' ' + path,
		status: response.status,
		answeredBy: response.headers.get('X-Answered-By') ?? '',
		took: response.headers.has('X-Took-Micros') ? millis(response.headers.get('X-Took-Micros')) : ''
	};
	note(call);
	const text = await response.text();
	const answer = text ? JSON.parse(text) : {};
	if (!response.ok) {
		throw new Error(answer.detail ?? 'The shop answered with status ' + response.status);
	}
	return { answer, ...call };
}

function millis(micros) {
	return (micros / 1000).toFixed(1) + ' ms';
}

function note({ name, status, answeredBy, took }) {
	const row = $('calls').insertRow(0);
	for (const text of [name, status, answeredBy, took]) {
		row.insertCell().textContent = text;
	}
	row.cells[2].className = answeredBy;
	row.cells[3].className = 'number';
	while ($('calls').rows.length > CALLS_SHOWN) {
		$('calls').deleteRow(-1);
	}
}

/** Runs something that the user asked for: one at a time, and with what went wrong in plain sight. */
async function act(action) {
	const main = document.querySelector('main');
	if (main.ariaBusy === 'true') {
		return;
	}
	main.ariaBusy = 'true';
	$('problem').hidden = true;
	try {
		await action();
	}
	catch (error) {
		$('problem').textContent = error.message;
		$('problem').hidden = false;
	}
	finally {
		main.ariaBusy = 'false';
	}
}

async function load(id) {
	const { answer: product, answeredBy, took } = await call('GET', '/products/' + id);
	shown = product.id;
	$('card').hidden = false;
	$('number').value = product.id;
	$('name').textContent = product.name;
	$('answer').className = answeredBy;
	$('answer').textContent = `Answered by the ${answeredBy} in ${took}`;
	$('price').textContent = euros.format(product.price);
	$('availability').textContent = availability(product.availability);
	$('tags').textContent = product.tags.join(', ') || 'none';
	$('new-price').value = product.price.toFixed(2);
	$('json').textContent = JSON.stringify(product, null, 2);
}

function availability(it) {
	switch (it.state) {
		case 'in-stock': return it.quantity + ' in stock';
		case 'on-order': return 'to be ordered, ' + it.deliveryDays + ' days';
		default: return 'discontinued';
	}
}

function fill(select, options) {
	select.replaceChildren(...options.map(([text, value]) => new Option(text, value)));
}

async function loadCategory() {
	const { answer } = await call('GET', '/products?category=' + $('category').value);
	fill($('product'), answer.products.map((product) => [product.name, product.id]));
	$('number').value = $('product').value;
}

$('category').addEventListener('change', () => act(loadCategory));

$('product').addEventListener('change', () => {
	$('number').value = $('product').value;
	act(() => load($('number').value));
});

$('lookup').addEventListener('submit', (event) => {
	event.preventDefault();
	act(() => load($('number').value));
});

$('again').addEventListener('click', () => act(() => load(shown)));

$('order').addEventListener('click', () => act(async () => {
	await call('POST', '/orders', { customer: 'visitor', items: [{ productId: shown, quantity: 1 }] });
	await load(shown);
}));

$('reprice').addEventListener('submit', (event) => {
	event.preventDefault();
	act(async () => {
		await call('PUT', `/products/${shown}/price`, { price: Number($('new-price').value) });
		await load(shown);
	});
});

$('reprice-category').addEventListener('submit', (event) => {
	event.preventDefault();
	act(async () => {
		await call('POST', `/categories/${$('category').value}/price-change`, { percent: Number($('percent').value) });
		if (shown) {
			await load(shown);
		}
	});
});

$('reorder').addEventListener('submit', (event) => {
	event.preventDefault();
	act(async () => {
		$('order-products').replaceChildren();
		const { answer: products } = await call('GET', `/orders/${$('order-number').value}/products`);
		$('order-products').replaceChildren(...products.map((product) => {
			const item = document.createElement('li');
			item.textContent = `${product.name}, ${euros.format(product.price)}`;
			return item;
		}));
	});
});

act(async () => {
	const { answer: categories } = await call('GET', '/categories');
	fill($('category'), categories.map(({ category, products }) =>
		[`${category[0]}${category.slice(1).toLowerCase()} (${products})`, category]));
	await loadCategory();
});
