const $ = (id) => document.getElementById(id);
const said = new URLSearchParams(location.search);

if (said.has('error')) {
	problem('There is nobody with this name and this password.');
}
else if (said.has('logout')) {
	$('answer').textContent = 'You are logged out.';
}
else if (said.has('ended')) {
	$('answer').textContent = 'This device was logged out, from another one or because there were too many.';
}

function problem(text) {
	$('problem').textContent = text;
	$('problem').hidden = false;
}

/** The form is of use only with the token that shows that it is from this page. */
async function prepare() {
	const response = await fetch('/api/csrf');
	if (!response.ok) {
		throw new Error(`The shop answered with status ${response.status}`);
	}
	const { parameter, token } = await response.json();
	$('csrf').name = parameter;
	$('csrf').value = token;
	$('submit').disabled = false;
}

prepare().catch((error) => problem(error.message));
