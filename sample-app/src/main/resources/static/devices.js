const $ = (id) => document.getElementById(id);
const LOOK_EVERY_MILLIS = 2000;
const UNITS = [['day', 86400], ['hour', 3600], ['minute', 60]];
const ago = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

let csrf;

/** Asks the shop; who is a stranger to it by now goes to the log-in. */
async function call(path, method = 'GET') {
	const headers = method === 'GET' ? {} : { [csrf.header]: csrf.token };
	const response = await fetch(path, { method, headers });
	if (response.status === 401 || response.status === 403) {
		location.assign('login.html?ended');
		return new Promise(() => {}); // the page is left
	}
	const body = response.status === 204 ? undefined : await response.json();
	if (!response.ok) {
		throw new Error(body.detail ?? `The shop answered with status ${response.status}`);
	}
	return body;
}

function time(text) {
	const element = document.createElement('time');
	const seconds = Math.round((new Date(text) - Date.now()) / 1000);
	const [unit, size] = UNITS.find(([, size]) => -seconds >= size) ?? ['second', 1];
	element.dateTime = text;
	element.title = new Date(text).toLocaleString('en');
	element.textContent = -seconds < 10 ? 'now' : ago.format(Math.round(seconds / size), unit);
	return element;
}

function row({ handle, device, address, created, lastSeen, current }) {
	const result = document.createElement('tr');
	for (const content of [device, address, time(created), time(lastSeen)]) {
		result.insertCell().append(content);
	}
	const cell = result.insertCell();
	cell.className = 'number';
	if (current) {
		cell.append('this device');
		cell.classList.add('allowed');
	}
	else {
		const button = document.createElement('button');
		button.type = 'button';
		button.dataset.handle = handle;
		button.textContent = 'Log out';
		button.setAttribute('aria-label', `Log out ${device}`);
		button.addEventListener('click', () => act(() => revoke(handle)));
		cell.append(button);
	}
	return result;
}

async function revoke(handle) {
	await call(`/api/devices/${encodeURIComponent(handle)}`, 'DELETE');
	await look();
}

async function look() {
	const { user, most, devices } = await call('/api/devices');
	const focused = document.activeElement?.dataset.handle;
	$('devices').replaceChildren(...devices.map(row));
	if (focused) {
		$('devices').querySelector(`[data-handle="${CSS.escape(focused)}"]`)?.focus();
	}
	$('count').textContent = `${user} is logged in on ${devices.length} of ${most} devices`;
	$('others').disabled = devices.length < 2;
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

$('others').addEventListener('click', () => act(async () => {
	await call('/api/devices', 'DELETE');
	await look();
}));

async function begin() {
	csrf = await call('/api/csrf');
	$('csrf').name = csrf.parameter;
	$('csrf').value = csrf.token;
	const { since, looks } = await call('/api/visits', 'POST');
	$('visit').textContent = looks === 1 ? 'You are here for the first time since you logged in'
		: `You were here ${looks} times since ${new Date(since).toLocaleTimeString('en')}`;
}

async function watch() {
	if (!document.hidden) {
		await act(look);
	}
	setTimeout(watch, LOOK_EVERY_MILLIS);
}

await act(begin);
watch();
