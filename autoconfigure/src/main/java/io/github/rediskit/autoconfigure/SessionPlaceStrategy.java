package io.github.rediskit.autoconfigure;

import java.util.function.Function;

import io.github.rediskit.session.SessionPlaces;
import io.github.rediskit.session.TooManySessionsException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import org.jspecify.annotations.Nullable;

import org.springframework.security.core.Authentication;
import org.springframework.security.web.authentication.session.SessionAuthenticationStrategy;
import org.springframework.security.web.context.NullSecurityContextRepository;
import org.springframework.security.web.context.RequestAttributeSecurityContextRepository;
import org.springframework.security.web.context.SecurityContextRepository;

/**
 * Refuses a log-in of a user who has all the sessions that he may have as Spring Security
 * does: the log-in fails, before anything has changed. It takes the place, so that of
 * simultaneous log-ins no more succeed than may.
 *
 * @param places the places
 * @param shared what the filters of the log-in share
 */
record SessionPlaceStrategy(SessionPlaces places,
		Function<Class<SecurityContextRepository>, @Nullable SecurityContextRepository> shared)
		implements
			SessionAuthenticationStrategy {

	@Override
	public void onAuthentication(Authentication authentication, HttpServletRequest request,
			HttpServletResponse response) {
		if (!isKept()) {
			return;
		}
		request.getSession(false); // whose it is, is looked at
		try {
			this.places.take(authentication.getName());
		}
		catch (TooManySessionsException ex) {
			throw FailedLogIns.of(ex);
		}
	}

	/** Who is logged in for a request alone needs no session. */
	private boolean isKept() {
		SecurityContextRepository repository = this.shared.apply(SecurityContextRepository.class);
		return !(repository instanceof RequestAttributeSecurityContextRepository
				|| repository instanceof NullSecurityContextRepository);
	}

}
