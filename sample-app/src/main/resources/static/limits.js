const $ = (id) => document.getElementById(id);
const CALLS_SHOWN = 20;
const LOOK_EVERY_MILLIS = 250;

const visitor = () => 'visitor=' + encodeURIComponent($('visitor').value);

async function search() {
	const response = await fetch(`/api/search?${visitor()}&text=${encodeURIComponent($('text').value)}`);
	const body = await response.json();
	note('search ' + $('text').value, response);
	if (response.ok) {
		$('answer').textContent = `${body.length} found`;
		$('hits').replaceChildren(...body.map((product) => {
			const item = document.createElement('li');
			item.textContent = product.name;
			return item;
		}));
	}
	else {
		$('answer').textContent = body.detail ?? `The shop answered with status ${response.status}`;
	}
}

function note(name, response) {
	const row = $('calls').insertRow(0);
	for (const text of [name, response.status, response.headers.get('RateLimit') ?? '',
		response.headers.get('Retry-After') ?? '']) {
		row.insertCell().textContent = text;
	}
	row.cells[1].className = response.ok ? 'allowed' : 'refused';
	row.cells[3].className = 'number';
	while ($('calls').rows.length > CALLS_SHOWN) {
		$('calls').deleteRow(-1);
	}
}

/** To look costs nothing: the bucket is not touched. */
async function look() {
	const response = await fetch('/api/search/allowance?' + visitor());
	if (!response.ok) {
		throw new Error(`The shop answered with status ${response.status}`);
	}
	const { searches, of, fullAfter } = await response.json();
	$('bucket').max = of;
	$('bucket').value = searches;
	$('left').textContent = `${searches} of ${of} searches left`;
	const seconds = secondsOf(fullAfter);
	$('full').textContent = seconds > 0 ? `full in ${seconds.toFixed(1)} s` : 'full';
}

/** Reads an ISO-8601 duration of less than a day, such as PT9.87S. */
function secondsOf(duration) {
	const [, hours = 0, minutes = 0, seconds = 0] = /^PT(?:(\d+)H)?(?:(\d+)M)?(?:([\d.]+)S)?$/.exec(duration) ?? [];
	return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
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

$('search').addEventListener('submit', (event) => {
	event.preventDefault();
	act(search);
});

$('flood').addEventListener('click', () => act(() => Promise.all(Array.from({ length: 20 }, search))));

$('give-back').addEventListener('click', () => act(async () => {
	await fetch('/api/search/allowance?' + visitor(), { method: 'DELETE' });
}));

async function watch() {
	if (!document.hidden && $('visitor').value) {
		await act(look);
	}
	setTimeout(watch, LOOK_EVERY_MILLIS);
}

watch();
