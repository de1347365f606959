package io.github.rediskit.sample.account;

import java.security.Principal;
import java.time.Instant;
import java.util.List;

import io.github.rediskit.session.UserSessions;
import jakarta.servlet.http.HttpSession;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * The devices of whoever is logged in: each is one of his sessions.
 */
@RestController
@RequestMapping("/api")
class DevicesController {

	private static final String VISIT = "visit";

	private final UserSessions sessions;

	private final int most;

	DevicesController(UserSessions sessions, @Value("${rediskit.session.max-per-user}") int most) {
		this.sessions = sessions;
		this.most = most;
	}

	@GetMapping("/devices")
	Devices devices(Principal user, HttpSession session) {
		String current = this.sessions.handleOf(session.getId());
		List<Device> devices = this.sessions.of(user.getName())
			.stream()
			.map((other) -> Device.of(other, current))
			.toList();
		return new Devices(user.getName(), this.most, devices);
	}

	/** Only one's own: a handle of somebody else's session is not found. */
	@DeleteMapping("/devices/{handle}")
	@ResponseStatus(HttpStatus.NO_CONTENT)
	void revoke(Principal user, @PathVariable String handle) {
		if (!this.sessions.revoke(user.getName(), handle)) {
			throw new ResponseStatusException(HttpStatus.NOT_FOUND, "This device is not logged in any more");
		}
	}

	@DeleteMapping("/devices")
	Ended revokeOthers(Principal user, HttpSession session) {
		return new Ended(this.sessions.revokeOthers(user.getName(), session.getId()));
	}

	/** What the session remembers is a record, and comes back as one. */
	@PostMapping("/visits")
	Visit visit(HttpSession session) {
		Visit visit = (session.getAttribute(VISIT) instanceof Visit before) ? before.again()
				: new Visit(Instant.now(), 1);
		session.setAttribute(VISIT, visit);
		return visit;
	}

	/** For pages that no template makes. */
	@GetMapping("/csrf")
	Csrf csrf(CsrfToken token) {
		return new Csrf(token.getHeaderName(), token.getParameterName(), token.getToken());
	}

	record Devices(String user, int most, List<Device> devices) {
	}

	record Ended(int ended) {
	}

	record Csrf(String header, String parameter, String token) {
	}

}
