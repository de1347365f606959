package io.github.rediskit.session;

import java.nio.charset.StandardCharsets;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import org.springframework.session.FindByIndexNameSessionRepository;
import org.springframework.session.PrincipalNameIndexResolver;
import org.springframework.session.ReactiveFindByIndexNameSessionRepository;

/**
 * Whose session it is: by the attribute that Spring Session has for it, or by the
 * security context of Spring Security.
 */
final class Principals {

	private static final String CONTEXT = "SPRING_SECURITY_CONTEXT";

	private static final Set<String> ATTRIBUTES = Set.of(CONTEXT,
			FindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME,
			ReactiveFindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME);

	private final PrincipalNameIndexResolver<RedisSession> resolver = new PrincipalNameIndexResolver<>();

	/** Whether it may be another user's when these attributes have changed. */
	boolean isAffected(Set<String> changed) {
		return changed.stream().anyMatch(ATTRIBUTES::contains);
	}

	@Nullable String of(RedisSession session) {
		String name = session.getAttribute(ReactiveFindByIndexNameSessionRepository.PRINCIPAL_NAME_INDEX_NAME);
		String principal = (name != null) ? name : this.resolver.resolveIndexValueFor(session);
		if (principal == null || principal.isEmpty()) {
			return null;
		}
		if (!isText(principal)) {
			throw new IllegalArgumentException(
					"The name of this user has half a surrogate pair, and so is no text: nobody could find his sessions by it");
		}
		return principal;
	}

	/** Whether a name can be told from all others when it has become bytes. */
	static boolean isText(String name) {
		return StandardCharsets.UTF_8.newEncoder().canEncode(name);
	}

	/** Whether sessions can be found by an index: there is one alone. */
	static boolean isIndex(String name) {
		return !CONTEXT.equals(name) && ATTRIBUTES.contains(name);
	}

}
